/** What the persistence engine `sip` reads of a datagram: the Call-ID (RFC 3261 §20.8). */

/** Longest Call-ID that is kept (Linux 6.1 `IP_VS_PEDATA_MAXLEN`). */
const MAX_CALL_ID_BYTES = 255;

const CODE = { tab: 9, newline: 10, return: 13, space: 32, colon: 58 } as const;
/** The header's name and its compact form (RFC 3261 §7.3.3), in lower case. */
const NAMES = ["call-id", "i"].map((name) => Uint8Array.from(name, (c) => c.charCodeAt(0)));

/**
 * The value of the first Call-ID header in a SIP message's header lines, as it stands there, without spaces around it.
 *
 * @returns a view into `message`; undefined if there is none, it is empty, or longer than 255 bytes. Never throws.
 */
export function findCallId(message: Uint8Array): Uint8Array | undefined {
  for (let at = endOfLine(message, 0); at < message.length; at = endOfLine(message, at)) {
    if (isBlank(message, at)) return undefined;
    const value = NAMES.map((name) => valueAt(message, at, name)).find((v) => v >= 0);
    if (value !== undefined) return trimmed(message, value, endOfLine(message, at));
  }
  return undefined;
}

/** Where the next line begins. */
function endOfLine(message: Uint8Array, at: number): number {
  const end = message.indexOf(CODE.newline, at);
  return end < 0 ? message.length : end + 1;
}

const isBlank = (message: Uint8Array, at: number): boolean =>
  message[at] === CODE.newline || message[at] === CODE.return;

const isSpace = (code: number | undefined): boolean => code === CODE.space || code === CODE.tab;

/** Where the value begins of a line of this header; -1 if it is another's. */
function valueAt(message: Uint8Array, at: number, name: Uint8Array): number {
  for (let i = 0; i < name.length; i++) if (((message[at + i] ?? 0) | 0x20) !== (name[i]! | 0x20)) return -1;
  let colon = at + name.length;
  while (isSpace(message[colon])) colon++;
  return message[colon] === CODE.colon ? colon + 1 : -1;
}

function trimmed(message: Uint8Array, from: number, to: number): Uint8Array | undefined {
  while (from < to && isSpace(message[from])) from++;
  while (to > from && (isSpace(message[to - 1]) || isBlank(message, to - 1))) to--;
  return to > from && to - from <= MAX_CALL_ID_BYTES ? message.subarray(from, to) : undefined;
}
