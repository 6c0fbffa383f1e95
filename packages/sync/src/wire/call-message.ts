/** Bodies of the frames that carry calls between nodes (docs/wire/call.md draws them). */
import type { ByteReader, ByteWriter } from "./bytes.ts";
import { CHALLENGE_BYTES, type Codec } from "./codec.ts";
import type { CallKind } from "./header.ts";

/** Why a call ended before its time, and its number on the wire. */
export const END_CODES = { cancelled: 1, busy: 2, tooLarge: 3, tooLate: 4, broken: 5 } as const;
export type EndReason = keyof typeof END_CODES;

/** Which call: a random number of each side, 32 hexadecimal digits. */
export interface CallName {
  /** The caller's. */
  readonly call: string;
  /** The callee's; zeros in the end of a call that was not welcomed. */
  readonly challenge: string;
}

/** The body of each kind of frame of calls. */
export interface CallBodies {
  /** May I call? */
  callHail: { readonly call: string /** 0: none. */; readonly timeoutMs: number };
  /** You may, if you repeat this challenge. */
  callWelcome: CallName;
  /** A piece of a message: of the request one way, of the answers the other. */
  callPart: CallName & {
    /** From 0, one after the other on each way. */
    readonly number: number;
    /** A message ends with it. */
    readonly isMessageEnd: boolean;
    /** Nothing comes after it. */
    readonly isLast: boolean;
    readonly bytes: Uint8Array;
  };
  /** Parts below `next` have arrived; `window` more may be sent. Also a sign of life. */
  callCredit: CallName & { readonly next: number; readonly window: number };
  callEnd: CallName & { readonly reason: EndReason };
}

/** No challenge. */
export const NO_CHALLENGE = "00".repeat(CHALLENGE_BYTES);

const FLAG = { messageEnd: 1, last: 2 } as const;
const REASONS = new Map<number, EndReason>(
  Object.entries(END_CODES).map(([reason, code]) => [code, reason as EndReason]),
);
const NAME_BYTES = 2 * CHALLENGE_BYTES;

/** Their codecs. */
export const CALL_CODECS: { readonly [K in CallKind]: Codec<CallBodies[K]> } = {
  callHail: {
    size: () => CHALLENGE_BYTES + 4,
    write: (w, b) => {
      w.hex(b.call);
      w.u32(b.timeoutMs);
    },
    read: (r) => ({ call: r.hex(CHALLENGE_BYTES), timeoutMs: r.u32() }),
  },
  callWelcome: { size: () => NAME_BYTES, write: writeName, read: readName },
  callPart: {
    size: (b) => NAME_BYTES + 9 + b.bytes.length,
    write: (w, b) => {
      writeName(w, b);
      w.u64(b.number);
      w.u8((b.isMessageEnd ? FLAG.messageEnd : 0) | (b.isLast ? FLAG.last : 0));
      w.bytes(b.bytes);
    },
    read: (r) => {
      const fixed = { ...readName(r), number: r.u64() };
      const flags = r.u8();
      const isMessageEnd = (flags & FLAG.messageEnd) !== 0;
      return { ...fixed, isMessageEnd, isLast: (flags & FLAG.last) !== 0, bytes: r.rest() };
    },
  },
  callCredit: {
    size: () => NAME_BYTES + 10,
    write: (w, b) => {
      writeName(w, b);
      w.u64(b.next);
      w.u16(b.window);
    },
    read: (r) => ({ ...readName(r), next: r.u64(), window: r.u16() }),
  },
  callEnd: {
    size: () => NAME_BYTES + 1,
    write: (w, b) => {
      writeName(w, b);
      w.u8(END_CODES[b.reason]);
    },
    read: (r) => {
      const name = readName(r);
      const reason = REASONS.get(r.u8());
      return reason && { ...name, reason };
    },
  },
};

function writeName(w: ByteWriter, name: CallName): void {
  w.hex(name.call);
  w.hex(name.challenge);
}

function readName(r: ByteReader): CallName {
  return { call: r.hex(CHALLENGE_BYTES), challenge: r.hex(CHALLENGE_BYTES) };
}
