/** One way of a call, at its receiver: parts put in order, and messages put together. */
import type { Part } from "./outgoing.ts";

/** What has come. */
export interface Incoming {
  /** Number of the first part that has not come. */
  next: number;
  /** Parts that came before their turn, by number: fewer than a window. */
  readonly held: Map<number, Part>;
  /** What has come of the next message. */
  partial: Uint8Array[];
  partialBytes: number;
  /** Messages that nobody has taken yet. */
  untaken: number;
  /** `next`, as it was told last. */
  told: number;
  isEnded: boolean;
}

/** What became of a part. */
export type Accepted = "duplicate" | "tooLarge" | { readonly messages: readonly Uint8Array[] };

/** Nothing has come. */
export function createIncoming(): Incoming {
  return { next: 0, held: new Map(), partial: [], partialBytes: 0, untaken: 0, told: 0, isEnded: false };
}

/** Take a part. @returns the messages that are complete with it, "duplicate" for a part that was there or is out of all order, or "tooLarge" */
export function accept(
  incoming: Incoming,
  part: Part & { readonly number: number },
  limits: { readonly window: number; readonly maxMessageBytes: number },
): Accepted {
  const { number } = part;
  const isWanted = number >= incoming.next && number < incoming.next + limits.window;
  if (!isWanted || incoming.held.has(number) || incoming.isEnded) return "duplicate";
  incoming.held.set(number, part);
  const messages: Uint8Array[] = [];
  for (let next = incoming.held.get(incoming.next); next; next = incoming.held.get(incoming.next)) {
    incoming.held.delete(incoming.next++);
    if (incoming.partialBytes + next.bytes.length > limits.maxMessageBytes) return "tooLarge";
    const message = append(incoming, next);
    if (message) messages.push(message);
    if (next.isLast) incoming.isEnded = true;
  }
  incoming.untaken += messages.length;
  return { messages };
}

/** How many more parts the sender may have on their way: a message that nobody takes keeps one back. */
export const windowLeft = (incoming: Incoming, window: number): number =>
  Math.max(0, window - incoming.untaken);

function append(incoming: Incoming, { bytes, isMessageEnd }: Part): Uint8Array | undefined {
  incoming.partial.push(bytes);
  incoming.partialBytes += bytes.length;
  if (!isMessageEnd) return undefined;
  const message = joined(incoming.partial, incoming.partialBytes);
  incoming.partial = [];
  incoming.partialBytes = 0;
  return message;
}

function joined(parts: readonly Uint8Array[], sizeBytes: number): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(sizeBytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
