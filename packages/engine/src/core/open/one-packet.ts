/** One-packet scheduling: a datagram goes to its destination by itself, and leaves no connection behind. */
import { METHOD_NUMBERS } from "@tandem/model";
import type { Upcall } from "../../dataplane/dataplane.ts";
import type { ParsedPacket } from "../../packet/parse.ts";
import { finishChecksum } from "../../packet/transport-checksum.ts";
import { decrementTtl } from "../../rewrite/direct-route.ts";
import { ICMP_MESSAGES } from "../../rewrite/icmp-build.ts";
import { masquerade, type NewEnd } from "../../rewrite/masquerade.ts";
import type { CoreParts, Decision, Verdicts } from "../answer/context.ts";
import { DIRECTION } from "../layout.ts";
import type { Destination } from "../services/service.ts";
import { createWays } from "./ways.ts";

/** Where a datagram goes. */
export interface Target {
  p: ParsedPacket;
  upcall: Upcall;
  destination: Destination;
  /** As it stands in packets: that of the destination, or the datagram's own. */
  port: number;
}

/** Sends a datagram of a parsed upcall. The decision's index is the way that later fragments of it go; -1: none. Never throws. */
export type OnePacket = (target: Readonly<Target>, now: number) => Readonly<Decision>;

/** One-packet scheduling over a context. Replies of a masqueraded server are not translated back: there is nothing to know them by (Linux 6.1 alike). */
export function createOnePacket(context: CoreParts, { drop, send }: Verdicts): OnePacket {
  const wayTo = createWays(context);
  const { outlet } = context;
  const newEnd: NewEnd = { side: "destination", words: new Uint32Array(), at: 0, port: 0 };

  function translate({ p, upcall, destination, port }: Target, now: number): Decision {
    newEnd.words = destination.address;
    newEnd.port = port;
    decrementTtl(upcall.packet, p.family);
    masquerade(p, upcall.packet, newEnd);
    const isWay = p.isFragment && destination.method === METHOD_NUMBERS.masquerade;
    return send("one_packet", "route", isWay ? wayTo(p.family, destination, now) : -1);
  }

  function passOn({ p, upcall, destination }: Target, now: number): Decision {
    const index = wayTo(p.family, destination, now);
    if (index < 0) return drop("table_full");
    decrementTtl(upcall.packet, p.family);
    const course = { family: p.family, index, direction: DIRECTION.input };
    const isSent = outlet.send(course, upcall.packet, p.totalBytes, 0);
    const decision = drop(isSent ? "one_packet" : "core_unroutable"); // sent or not, the upcall itself goes nowhere
    decision.index = index;
    return decision;
  }

  function endOfLife({ p, upcall }: Target, now: number): Decision {
    context.icmp.tell(upcall, { message: ICMP_MESSAGES.timeExceeded[p.family], mtu: 0 }, now);
    return drop("core_ttl_exceeded");
  }

  const ways: Readonly<Record<number, (target: Target, now: number) => Decision>> = {
    [METHOD_NUMBERS.masquerade]: translate,
    [METHOD_NUMBERS["full-nat"]]: translate,
    [METHOD_NUMBERS["direct-route"]]: passOn,
    [METHOD_NUMBERS.tunnel]: passOn,
    [METHOD_NUMBERS.local]: () => send("one_packet", "host", -1),
  };

  return (target, now) => {
    const { p, upcall, destination } = target;
    if (p.ttl <= 1 && destination.method !== METHOD_NUMBERS.local) return endOfLife(target, now);
    count(destination, p, upcall);
    if (upcall.gsoSize === 0) finishChecksum(p, upcall.packet);
    const decision = ways[destination.method]!(target, now);
    decision.destination = destination.id;
    return decision;
  };
}

/** As the fast path counts: segments, and bytes as on the wire. */
function count({ totals }: Destination, p: ParsedPacket, { gsoSegments }: Upcall): void {
  totals.connections++;
  totals.inPackets += gsoSegments;
  totals.inBytes += p.totalBytes + (gsoSegments - 1) * (p.transportAt + p.transportBytes);
}
