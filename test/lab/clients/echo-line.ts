/**
 * The line that a session sends: who and which, in a fixed size, so that the echo can be checked byte by byte without
 * keeping what was sent.
 *
 *     session (5) space number (10) space filler (14) newline     32 bytes
 */
export const LINE_BYTES = 32;

const ZERO = 0x30;
const BLANK_LINE = Buffer.from("00000 0000000000 abcdefghijklmn\n");

/** Write the line with this number into `out`, which has LINE_BYTES. Never throws. */
export function writeLine(out: Buffer, session: number, number: number): void {
  BLANK_LINE.copy(out);
  writeDigits(out, session, 4);
  writeDigits(out, number, 15);
}

function writeDigits(out: Buffer, value: number, lastAt: number): void {
  for (let at = lastAt, rest = value; rest > 0; at--, rest = Math.floor(rest / 10))
    out[at] = ZERO + (rest % 10);
}

/** One session's lines under way: which were sent when, and how far their echo has come. */
export interface EchoCheck {
  /** Note that the next line goes out now, and return it. */
  send(nowMs: number): Buffer;
  /**
   * Check bytes that came back.
   *
   * @param onLine called for every completed line with the time it was sent
   * @returns false when a byte is not the one that was sent, or nothing was sent
   */
  receive(bytes: Uint8Array, length: number, onLine: (sentMs: number) => void): boolean;
  /** When the oldest line without complete echo was sent; nothing when all have come back. */
  oldestMs(): number | undefined;
}

/** The line that is expected; used within one call only. */
const expected = Buffer.alloc(LINE_BYTES);

/** A session that has sent nothing yet. Its number is part of its lines. */
export function createEchoCheck(session: number): EchoCheck {
  const sentMs: number[] = []; // of the lines under way, oldest first
  let sent = 0;
  let matched = 0; // bytes of the oldest line that have come back
  return {
    send(nowMs) {
      sentMs.push(nowMs);
      const line = Buffer.allocUnsafe(LINE_BYTES);
      writeLine(line, session, ++sent);
      return line;
    },
    receive(bytes, length, onLine) {
      for (let at = 0; at < length; ) {
        if (sentMs.length === 0) return false;
        writeLine(expected, session, sent - sentMs.length + 1);
        while (at < length && matched < LINE_BYTES) if (bytes[at++] !== expected[matched++]) return false;
        if (matched === LINE_BYTES) {
          matched = 0;
          onLine(sentMs.shift()!);
        }
      }
      return true;
    },
    oldestMs: () => sentMs[0],
  };
}
