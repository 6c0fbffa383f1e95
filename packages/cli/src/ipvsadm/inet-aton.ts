/** IPv4 addresses as the C library reads them for ipvsadm: `10.1` is 10.0.0.1. */

/** Decimal, octal with a 0 in front, hexadecimal with 0x. */
const PARTS: readonly (readonly [pattern: RegExp, base: number])[] = [
  [/^0x[0-9a-f]+$/i, 16],
  [/^0[0-7]*$/, 8],
  [/^[1-9]\d*$/, 10],
];

/**
 * Read one to four numbers with dots between them; the last one fills all bytes that are left.
 *
 * @returns four bytes as a number, 0..2^32-1; undefined: the text is no such address. Never throws.
 * @see inet_aton(3)
 */
export function inetAton(text: string): number | undefined {
  const parts = text.split(".").map(readPart);
  const last = parts.pop();
  if (last === undefined || parts.length > 3 || last >= 256 ** (4 - parts.length)) return undefined;
  let address = last;
  for (const [i, part] of parts.entries()) {
    if (part === undefined || part > 255) return undefined;
    address += part * 256 ** (3 - i);
  }
  return address;
}

function readPart(text: string): number | undefined {
  const base = PARTS.find(([pattern]) => pattern.test(text))?.[1];
  return base && Number.parseInt(text.replace(/^0x/i, ""), base);
}
