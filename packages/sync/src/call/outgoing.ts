/** One way of a call, at its sender: messages in parts, as many on their way as the receiver takes, each kept until it is confirmed. */

/** A piece of a message. */
export interface Part {
  readonly isMessageEnd: boolean;
  readonly isLast: boolean;
  readonly bytes: Uint8Array;
}

/** What there is to send. */
export interface Outgoing {
  /** Parts that are not confirmed, in order. */
  readonly parts: Part[];
  /** Number of the first of them. */
  first: number;
  /** Number of the next part to be sent for the first time. */
  next: number;
  /** Parts below this number may be sent. */
  limit: number;
  /** When the latest part was sent; milliseconds of the monotonic clock. */
  sentMs: number;
  isFinished: boolean;
}

const NOTHING = new Uint8Array(0);
/** A part that is not confirmed so long after the latest was sent is lost, if the receiver says that it misses it. */
const PATIENCE_MS = 100;

/** Nothing to send; the receiver takes `window` parts. */
export function createOutgoing(window: number): Outgoing {
  return { parts: [], first: 0, next: 0, limit: window, sentMs: 0, isFinished: false };
}

/** Add a message, in parts of at most `partBytes`. The bytes must not change afterwards. */
export function addMessage(out: Outgoing, bytes: Uint8Array, partBytes: number): void {
  for (let at = 0; at === 0 || at < bytes.length; at += partBytes) {
    const isMessageEnd = at + partBytes >= bytes.length;
    out.parts.push({ isMessageEnd, isLast: false, bytes: bytes.subarray(at, at + partBytes) });
  }
}

/** Nothing comes after what was added. */
export function finish(out: Outgoing): void {
  if (out.isFinished) return;
  out.isFinished = true;
  out.parts.push({ isMessageEnd: false, isLast: true, bytes: NOTHING });
}

/** Parts that may be sent now and were not yet, with their numbers. */
export function takeSendable(out: Outgoing, nowMs: number): [number, Part][] {
  const end = Math.min(out.limit, out.first + out.parts.length);
  const from = out.next;
  if (from >= end) return [];
  out.next = end;
  return numbered(out, from, nowMs);
}

/** The receiver has all parts below `next` and takes `window` more. @returns parts that it misses, to be sent again */
export function confirm(
  out: Outgoing,
  credit: { next: number; window: number },
  nowMs: number,
): [number, Part][] {
  const { next, window } = credit;
  if (next > out.next) return []; // nobody has what was never sent
  if (next > out.first) {
    out.parts.splice(0, next - out.first);
    out.first = next;
  }
  out.limit = Math.max(out.limit, next + window);
  const isMissing = next === out.first && out.next > out.first;
  return isMissing && nowMs - out.sentMs >= PATIENCE_MS ? numbered(out, out.first, nowMs) : [];
}

/** Whether another message may be added: what waits is bounded by the window. */
export const hasRoom = (out: Outgoing): boolean => out.first + out.parts.length <= out.next;

/** Whether everything was confirmed, the end included. */
export const isDone = (out: Outgoing): boolean => out.isFinished && out.parts.length === 0;

function numbered(out: Outgoing, from: number, nowMs: number): [number, Part][] {
  out.sentMs = nowMs;
  return out.parts.slice(from - out.first, out.next - out.first).map((part, i) => [from + i, part]);
}
