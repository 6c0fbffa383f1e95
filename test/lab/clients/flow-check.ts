/** One UDP flow: numbered datagrams out, `<server> <datagram>` back. What went wrong is noted until the next `reset`. */
export interface FlowCheck {
  /** The text of the next datagram. */
  send(): string;
  /** Look at an answer. */
  receive(text: string, nowMs: number): void;
  /** What is known now; silence is judged at each look, and remembered. */
  read(nowMs: number): { readonly moved: boolean; readonly lost: boolean; readonly wrong: boolean };
  reset(): void;
}

/**
 * @param flow number of the flow, part of its datagrams
 * @param startMs the time from which silence counts
 * @param timeoutMs silence that makes it lost
 */
export function createFlowCheck(flow: number, startMs: number, timeoutMs: number): FlowCheck {
  let server: string | undefined;
  let sent = 0;
  let heardMs = startMs;
  const noted = { moved: false, lost: false, wrong: false };
  const listen = (nowMs: number) => {
    if (nowMs - heardMs > timeoutMs) noted.lost = true;
  };
  return {
    send: () => `${flow} ${++sent}`,
    receive(text, nowMs) {
      const [from, echoed, number] = text.split(" ");
      if (echoed !== String(flow) || !(Number(number) > 0 && Number(number) <= sent)) {
        noted.wrong = true;
        return;
      }
      listen(nowMs);
      heardMs = nowMs;
      if (server !== undefined && from !== server) noted.moved = true;
      server = from;
    },
    read(nowMs) {
      listen(nowMs);
      return { ...noted };
    },
    reset() {
      noted.moved = false;
      noted.lost = false;
      noted.wrong = false;
    },
  };
}
