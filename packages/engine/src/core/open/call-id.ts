/** The persistence engine `sip`: a client's datagrams of one call go to one destination (Linux 6.1 `ip_vs_pe_sip.c`). */
import { FLOW_PORTS } from "../../packet/parse.ts";
import { findCallId } from "../../protocols/sip.ts";
import { type KeySource, type TemplateKeyWriter, writeClientKey } from "./template-key.ts";

const UDP_HEADER_BYTES = 8;

/** The Call-ID of a datagram; undefined if it has none. A view. */
export function callIdOf({ p, packet }: Readonly<KeySource>): Uint8Array | undefined {
  return findCallId(packet.subarray(p.transportAt + UDP_HEADER_BYTES, p.totalBytes));
}

/**
 * The client's key with the Call-ID, as a number, in the place of the client's port, which a template has no use for. Two calls of one client that happen to
 * have the same number share a destination, which does neither any harm. Returns false without a Call-ID.
 */
export const writeCallKey: TemplateKeyWriter = (key, of) => {
  const callId = callIdOf(of);
  if (!callId || !writeClientKey(key, of)) return false;
  const ports = FLOW_PORTS[of.p.family];
  key[ports] = (key[ports]! | numberOf(callId)) >>> 0;
  return true;
};

/** 1 to 65535: FNV-1a, folded (draft-eastlake-fnv §2). The same on every director. */
function numberOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 16) ^ (hash & 0xffff) || 1;
}
