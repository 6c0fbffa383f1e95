/** What every forwarded packet gets, and the only thing that direct route does to it: one hop less to live. */
import { replaceWord16 } from "../packet/checksum.ts";
import { readWord16 } from "../packet/words.ts";

/** Take one from the TTL (IPv4, checksum patched) or hop limit (IPv6), which must be above 1. */
export function decrementTtl(bytes: Uint8Array, family: 4 | 6): void {
  // the TTL is the first byte of its word, which is the low one as words stand here
  if (family === 4) replaceWord16(bytes, 8, readWord16(bytes, 8) - 1, 10);
  else bytes[7] = bytes[7]! - 1;
}
