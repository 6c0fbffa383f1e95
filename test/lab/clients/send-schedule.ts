/**
 * Spreads the sends of many senders evenly over an interval: sender i is due at the same point of every interval.
 *
 * @param senders how many
 * @param intervalMs each is due once in it
 * @param startMs when the first interval begins
 * @returns a function that calls `send` for every sender that came due since its last call. After a pause of more
 *   than an interval each sender is due once only.
 */
export function createSendSchedule(senders: number, intervalMs: number, startMs: number) {
  let done = 0; // sends since startMs, of all senders together
  return function sendDue(nowMs: number, send: (sender: number) => void): void {
    const due = Math.floor(((nowMs - startMs) / intervalMs) * senders);
    for (let turn = Math.max(done, due - senders); turn < due; turn++) send(turn % senders);
    done = due;
  };
}
