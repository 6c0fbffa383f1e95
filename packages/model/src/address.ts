/** IP addresses: canonical text for people and documents, bytes in network order for packets and records. */

/** Address family by its IP version. */
export type Family = 4 | 6;

/** Length of an address in bytes: 4 or 16. */
export const addressBytes = (family: Family): 4 | 16 => (family === 4 ? 4 : 16);

/** Family of an address in text or bytes, by its looks alone; the text is not checked. */
export function familyOf(address: string | Uint8Array): Family {
  if (typeof address === "string") return address.includes(":") ? 6 : 4;
  return address.length === 4 ? 4 : 6;
}

/**
 * Read an IP address from text.
 *
 * @returns 4 or 16 bytes in network order, or undefined if the text is no address. Zone indexes (`%eth0`) are refused. Never throws.
 * @see RFC 4291 §2.2; IPv4 in dotted-decimal without leading zeros (RFC 6943 §3.1.1 warns of the other forms)
 */
export function parseAddress(text: string): Uint8Array | undefined {
  return text.includes(":") ? parseIpv6(text) : parseIpv4(text);
}

/** Write an address in canonical text: RFC 5952 for IPv6. `bytes` holds 4 or 16 bytes in network order. Never throws. */
export function formatAddress(bytes: Uint8Array): string {
  return bytes.length === 4 ? bytes.join(".") : formatIpv6(bytes);
}

/** Canonical text of an address, or undefined if it is none. Two spellings of one address become equal. */
export function canonicalAddress(text: string): string | undefined {
  const bytes = parseAddress(text);
  return bytes && formatAddress(bytes);
}

/** `192.0.2.1:80` or `[2001:db8::1]:80`. */
export function formatEndpoint(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

const OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const IPV4 = new RegExp(`^${OCTET}\\.${OCTET}\\.${OCTET}\\.${OCTET}$`);

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = IPV4.exec(text);
  return parts ? Uint8Array.of(+parts[1]!, +parts[2]!, +parts[3]!, +parts[4]!) : undefined;
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1]!, true) : [];
  if (!head || !tail) return undefined;
  const gap = 8 - head.length - tail.length;
  if (halves.length === 2 ? gap < 1 : gap !== 0) return undefined;
  const groups = [...head, ...new Array<number>(halves.length === 2 ? gap : 0).fill(0), ...tail];
  return Uint8Array.from(groups.flatMap((g) => [g >>> 8, g & 0xff]));
}

/** The 16-bit groups of one side of `::`; the last may be a dotted IPv4 address where `mayEndInIpv4`. */
function parseGroups(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [i, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else {
      const v4 = mayEndInIpv4 && i === parts.length - 1 ? parseIpv4(part) : undefined;
      if (!v4) return undefined;
      groups.push((v4[0]! << 8) | v4[1]!, (v4[2]! << 8) | v4[3]!);
    }
  }
  return groups;
}

function formatIpv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16));
  const { start, length } = longestZeroRun(groups);
  if (length < 2) return groups.join(":");
  return `${groups.slice(0, start).join(":")}::${groups.slice(start + length).join(":")}`;
}

function longestZeroRun(groups: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (groups[start + length] === "0") length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}
