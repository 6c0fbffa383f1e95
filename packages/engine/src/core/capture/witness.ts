/** What a capture shows of packets that the core decides about. */
import type { Upcall } from "../../dataplane/dataplane.ts";
import { type FragmentFields, parseFragment } from "../../packet/fragment.ts";
import {
  createParsedPacket,
  IP_PROTOCOL,
  isTransport,
  parseEmbedded,
  parseIp,
  parseTransport,
} from "../../packet/parse.ts";
import type { CoreContext, Decision } from "../answer/context.ts";
import { directionOf, indexOf } from "../table/flow-index.ts";
import { REASONS } from "../verdict.ts";
import { CAPTURED_BYTES } from "./capture-layout.ts";
import type { Captured } from "./captured.ts";
import { createCaptured, creditConnection, creditPacket } from "./credit.ts";

/** Sees each packet before the core decides, which may rewrite it, and again afterwards. */
export interface Witness {
  /** Look at an upcall as it came in. */
  see(upcall: Upcall): void;
  /** What is to be shown of it, now that it is decided. `timeMs` is the caller's to fill in; the result is reused. */
  testify(decision: Readonly<Decision>): Captured;
}

/** A witness over the core's tables. Changes nothing. Never throws. */
export function createWitness({
  connections,
  services,
}: Pick<CoreContext, "connections" | "services">): Witness {
  const { table } = connections;
  const p = createParsedPacket();
  const fields: FragmentFields = { id: 0, offsetBytes: 0, hasMore: false };
  const captured = createCaptured();
  const head = new Uint8Array(CAPTURED_BYTES);
  let mark = 0;
  let isReply = false;

  /** The tuple of the connection that the packet belongs to, or tells of, into `p`, as far as it has one. */
  function read({ family, packet, packetBytes }: Upcall): void {
    p.family = family;
    p.key.fill(0);
    if (!parseIp(p, packet, packetBytes)) return;
    if (p.isFragment && (!parseFragment(p, packet, fields) || fields.offsetBytes > 0)) return;
    if (p.protocol === IP_PROTOCOL.icmp || p.protocol === IP_PROTOCOL.icmp6) parseEmbedded(p, packet);
    else if (isTransport(p.protocol)) parseTransport(p, packet);
  }

  return {
    see(upcall) {
      const { packet, packetBytes } = upcall;
      read(upcall);
      mark = upcall.mark;
      isReply = upcall.reason === REASONS.unmatched_refused.number;
      captured.ifindex = upcall.ifindex;
      captured.family = upcall.family;
      captured.packetBytes = packetBytes;
      captured.bytes = head.subarray(0, Math.min(CAPTURED_BYTES, packetBytes));
      captured.bytes.set(packet.subarray(0, captured.bytes.length));
    },
    testify({ reason, destination }) {
      const node = table.find(p.family, p.key); // it may have been made just now
      captured.reason = reason;
      if (node >= 0) {
        creditConnection(captured, table.records[p.family], {
          index: indexOf(node),
          direction: directionOf(node),
        });
        return captured;
      }
      const service = isReply ? undefined : services.find(p.family, p.key, mark);
      creditPacket(captured, p, { service: service?.id ?? 0, isReply });
      captured.destination = destination;
      return captured;
    },
  };
}
