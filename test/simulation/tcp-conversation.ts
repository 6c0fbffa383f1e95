/** A TCP connection through the site as its two ends see it: they speak by turns, and know at once whether the other heard. */
import type { Segment } from "../../packages/engine/src/packet/testing-segments.ts";

/** An address and a port. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Carries a segment to whichever director has the addresses. Returns what left there for it. */
export type Carry = (segment: Segment) => Segment[];

/** One end of a connection: where it is, whom it speaks to, and TCP's numbers. */
interface End extends Endpoint {
  readonly peer: Endpoint;
  /** Number of its next byte, and of the other's next. */
  next: number;
  expected: number;
}

/** Who opened it, and whom that reached. */
export type Side = "opener" | "accepter";

/** A connection. What goes wrong is told by what comes back, and ends the connection where it must. */
export interface Conversation {
  /** Three segments. Returns whether both ends are there. */
  open(): boolean;
  /** One side sends text, or a FIN. Returns what the other heard; undefined if that was nothing. */
  say(side: Side, text: string, flags?: "PA" | "FA"): string | undefined;
  /** Both ends leave; nothing follows. */
  close(): void;
  /** Whom the opener reached, and from where it seemed to come. */
  readonly accepter: Endpoint | undefined;
  readonly seenFrom: Endpoint | undefined;
  /** A segment came with numbers that its receiver cannot make sense of. */
  readonly isGarbled: boolean;
  /** Who was told that the connection has ended. */
  readonly reset: ReadonlySet<Side>;
}

const OPENER_START = 0xffff_ff00; // numbers wrap soon
const ACCEPTER_START = 5000;

/** A connection from an endpoint to where it was told to go. Nothing is sent yet. */
export function createConversation(carry: Carry, from: Endpoint, to: Endpoint): Conversation {
  const opener: End = { ...from, peer: to, next: OPENER_START, expected: 0 };
  let accepter: End | undefined;
  let isGarbled = false;
  const reset = new Set<Side>();

  /** Whether a segment is for this end. */
  const isFor = (end: End, s: Segment): boolean =>
    s.to === end.address &&
    s.toPort === end.port &&
    s.from === end.peer.address &&
    s.fromPort === end.peer.port;

  const segment = (end: End, flags: string, payload = ""): Segment => ({
    ...{ from: end.address, fromPort: end.port, to: end.peer.address, toPort: end.peer.port },
    ...{ flags, sequence: end.next, acknowledged: flags === "S" ? 0 : end.expected, payload },
  });

  function noteResets(segments: readonly Segment[]): void {
    for (const s of segments.filter(({ flags }) => flags.includes("R"))) {
      if (isFor(opener, s)) reset.add("opener");
      if (accepter && isFor(accepter, s)) reset.add("accepter");
    }
  }

  /** From one end to the other, both of which are there. */
  function send(by: End, to: End, flags: string, payload = ""): string | undefined {
    if (reset.size > 0) return undefined;
    const left = carry(segment(by, flags, payload));
    noteResets(left);
    const heard = left.find((s) => isFor(to, s) && !s.flags.includes("R"));
    if (!heard) return undefined;
    isGarbled ||= heard.sequence !== to.expected || heard.acknowledged !== to.next;
    if (isGarbled) return undefined;
    const more = /[SF]/.test(flags) ? 1 : 0;
    by.next = (by.next + payload.length + more) >>> 0;
    to.expected = (to.expected + heard.payload.length + more) >>> 0;
    return heard.payload;
  }

  function knock(): boolean {
    const syn = carry(segment(opener, "S")).find(({ flags }) => flags === "S");
    if (!syn) return false;
    accepter = {
      ...{ address: syn.to, port: syn.toPort, peer: { address: syn.from, port: syn.fromPort } },
      ...{ next: ACCEPTER_START, expected: (syn.sequence + 1) >>> 0 },
    };
    opener.next = (opener.next + 1) >>> 0;
    opener.expected = ACCEPTER_START;
    return true;
  }

  return {
    open() {
      if (!knock() || send(accepter!, opener, "SA") === undefined) return false;
      return send(opener, accepter!, "A") !== undefined;
    },
    say(side, text, flags = "PA") {
      if (!accepter) return undefined;
      return side === "opener" ? send(opener, accepter, flags, text) : send(accepter, opener, flags, text);
    },
    close() {
      if (!accepter) return;
      for (const [by, to] of [[opener, accepter] as const, [accepter, opener] as const]) send(by, to, "FA");
      send(opener, accepter, "A");
    },
    get accepter() {
      return accepter;
    },
    get seenFrom() {
      return accepter?.peer;
    },
    get isGarbled() {
      return isGarbled;
    },
    reset,
  };
}
