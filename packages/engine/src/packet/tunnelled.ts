/** ICMP errors about packets that a tunnel wrapped: from the error to the packet inside the quoted tunnel's headers. */
import { IP_PROTOCOL, type ParsedPacket, parseEmbeddedIp } from "./parse.ts";
import { readNetwork16 } from "./words.ts";

/** Where the inner packet starts behind a tunnel's header at `at`, or -1: by protocol of the outer IP header. */
const INNER_AT: Readonly<Record<number, (bytes: Uint8Array, at: number) => number>> = {
  [IP_PROTOCOL.ipip]: (_, at) => at,
  [IP_PROTOCOL.ipv6]: (_, at) => at,
  [IP_PROTOCOL.gre]: behindGre,
  [IP_PROTOCOL.udp]: behindGue,
};

/**
 * Find the wrapped packet in an ICMP error about a tunnel's packet (ipip, gre, gue), after `parseIp`.
 *
 * @param p   the error; `p.embedded…` is about the tunnel's own packet afterwards, `p.key` its addresses reversed: the source is the tunnel's end
 * @param inner family, and the fields that `parseEmbeddedIp` fills, become the wrapped packet's; its offsets count from the error's IP header
 * @returns false if the quote does not reach the end of the wrapped packet's IP header. Never throws.
 */
export function parseTunnelled(p: ParsedPacket, inner: ParsedPacket, bytes: Uint8Array): boolean {
  if (!parseEmbeddedIp(p, bytes, p.transportAt + 8)) return false;
  const locate = INNER_AT[p.embeddedProtocol];
  const at = locate ? locate(bytes, p.embeddedTransportAt) : -1;
  if (at < 0 || at >= p.totalBytes) return false;
  const version = bytes[at]! >>> 4;
  if (version !== 4 && version !== 6) return false;
  inner.family = version;
  inner.totalBytes = p.totalBytes;
  return parseEmbeddedIp(inner, bytes, at);
}

/** Version 0, with or without a checksum (RFC 2784 §2.1); what lies behind other flags is not ours. */
function behindGre(bytes: Uint8Array, at: number): number {
  const flags = readNetwork16(bytes, at);
  return (flags & 0x7fff) === 0 ? at + (flags === 0 ? 4 : 8) : -1;
}

/** Version 0, no control message; its private fields are skipped (draft-ietf-intarea-gue-09 §3.1). */
function behindGue(bytes: Uint8Array, at: number): number {
  const first = bytes[at + 8] ?? 0xff;
  return first >>> 5 === 0 ? at + 12 + (first & 31) * 4 : -1;
}
