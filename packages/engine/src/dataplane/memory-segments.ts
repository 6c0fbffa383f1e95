/** What becomes of an offloaded packet in the injection pair, whose near end has no offloads: its segments. */
import { parseFlow } from "../core/answer/parse-flow.ts";
import { segmentsOf } from "../core/step.ts";
import { createParsedPacket, IP_PROTOCOL } from "../packet/parse.ts";
import { cutSegments } from "../rewrite/segment.ts";
import type { Injected } from "./dataplane.ts";

/** Hand a packet to `take`, or its segments one after the other, each with bytes of its own. Never throws. */
export type Segmenter = (packet: Injected, take: (segment: Injected) => void) => void;

/** A segmenter for TCP and UDP; what else is offloaded stays whole. */
export function createSegmenter(): Segmenter {
  const p = createParsedPacket();
  const out = new Uint8Array(65_535);
  return (packet, take) => {
    const { family, gsoSize } = packet;
    const isCut = gsoSize > 0 && parseFlow(p, packet) && p.protocol !== IP_PROTOCOL.sctp;
    if (!isCut || segmentsOf(p, gsoSize) === 1) return take({ ...packet, gsoSize: 0, gsoSegments: 1 });
    const emit = (packetBytes: number): void =>
      take({ family, packet: out.slice(0, packetBytes), packetBytes, gsoSize: 0, gsoSegments: 1 });
    cutSegments(p, packet.packet, gsoSize, { out, emit });
  };
}
