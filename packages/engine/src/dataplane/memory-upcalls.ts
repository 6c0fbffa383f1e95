/** The upcall ring of the in-memory data plane: a queue in which each class has its share. */

import { UPCALL_CLASSES, type UpcallClass } from "../core/layout.ts";
import type { FastpathOutcome, FastpathPacket } from "../core/twin/fastpath-world.ts";
import { REASONS, type Reason } from "../core/verdict.ts";
import { readNetwork16 } from "../packet/words.ts";
import type { Upcall } from "./dataplane.ts";

/** A packet in the fast path's hands, and the segments that it came as. */
export interface ArrivedPacket extends FastpathPacket {
  gsoSegments: number;
}

/** Class of a reason; those that are not here belong to `midStream`. */
const CLASS_OF: Partial<Record<Reason, UpcallClass>> = {
  new_flow: "new",
  syn_on_flow: "new",
  expected: "new",
  fragment: "fragment",
  icmp_related: "icmp",
  icmp_about_tunnel: "icmp",
  icmp_about_unknown: "icmp",
  unmatched_refused: "icmp",
};

/** Put an upcall about `packet` into `queue`, unless its class has used up its share of `capacity`: then false. */
export function offerUpcall(
  queue: { readonly upcalls: Upcall[]; readonly capacity: number },
  packet: ArrivedPacket,
  { reason, mark, mtu }: Readonly<FastpathOutcome>,
): boolean {
  const { eighths } = UPCALL_CLASSES[CLASS_OF[reason] ?? "midStream"];
  if (queue.upcalls.length >= (queue.capacity * eighths) / 8) return false;
  const { bytes, ifindex, gsoSize, gsoSegments } = packet;
  const family = packet.family as 4 | 6;
  const packetBytes = family === 4 ? readNetwork16(bytes, 2) : 40 + readNetwork16(bytes, 4);
  const what = { ifindex, family, packet: bytes, packetBytes, gsoSize, gsoSegments, mark, mtu };
  queue.upcalls.push({ reason: REASONS[reason].number, ...what });
  return true;
}
