/** Packets of known flows that cannot go on as they are: their TTL ends, they are larger than the MTU, or the kernel has no room for a tunnel's headers before them. */
import type { Upcall } from "../../dataplane/dataplane.ts";
import { createParsedPacket } from "../../packet/parse.ts";
import { finishChecksum } from "../../packet/transport-checksum.ts";
import { decrementTtl } from "../../rewrite/direct-route.ts";
import { ICMP_MESSAGES } from "../../rewrite/icmp-build.ts";
import { masquerade } from "../../rewrite/masquerade.ts";
import { cutSegments } from "../../rewrite/segment.ts";
import { DIRECTION } from "../layout.ts";
import { segmentsOf } from "../step.ts";
import { directionOf, indexOf } from "../table/flow-index.ts";
import { type CoreParts, createVerdicts, type Decision, type Handlers } from "./context.ts";
import { LEAST_MTU_BYTES } from "./icmp-about-tunnel.ts";
import type { IcmpNews } from "./icmp-sender.ts";
import type { Course } from "./outlet.ts";
import { parseFlow } from "./parse-flow.ts";

/** Handlers of packets that do not fit. */
export function createOversize(context: CoreParts): Handlers<"ttl_exceeded" | "fib_frag_needed" | "no_room"> {
  const { connections, services, outlet } = context;
  const { drop } = createVerdicts();
  const p = createParsedPacket();
  const course: Course = { family: 4, index: -1, direction: 0 };
  const segment = new Uint8Array(65_535);

  /** Read the packet and find its connection. */
  function findCourse(upcall: Upcall): boolean {
    if (!parseFlow(p, upcall)) return false;
    const node = connections.table.find(p.family, p.key);
    if (node < 0) return false;
    course.family = p.family;
    course.index = indexOf(node);
    course.direction = directionOf(node);
    return true;
  }

  /** Tell the sender. The kernel asks routes after its state machine for clients' packets, and before it for servers'. */
  function refuse(upcall: Upcall, news: IcmpNews, now: number): void {
    if (course.direction !== DIRECTION.output) outlet.step(p, course, { gsoSize: upcall.gsoSize, now });
    outlet.answer(course, upcall, news, now);
  }

  function ttlExceeded(upcall: Upcall, now: number): Decision {
    if (findCourse(upcall)) refuse(upcall, { message: ICMP_MESSAGES.timeExceeded[p.family], mtu: 0 }, now);
    return drop("core_ttl_exceeded");
  }

  function fragNeeded(upcall: Upcall, now: number): Decision {
    if (!findCourse(upcall)) return drop("core_too_big");
    const overhead = outlet.overhead(course);
    if (overhead < 0) return drop("core_unroutable");
    if (mayCut(upcall, overhead > 0)) return forward(upcall, now, upcall.mtu);
    decrementTtl(upcall.packet, p.family); // the kernel's quote shows it, too
    const mtu = Math.max(upcall.mtu - overhead, LEAST_MTU_BYTES[p.family]);
    refuse(upcall, { message: ICMP_MESSAGES.tooBig[p.family], mtu }, now);
    return drop("core_too_big");
  }

  /**
   * IPv4 without "do not fragment", and a tunnel that may. A tunnel also has to carry what every IPv6 link does (RFC 2473 §7.1).
   */
  function mayCut(upcall: Upcall, isTunnel: boolean): boolean {
    if (isTunnel && !services.settings.pmtuDiscovery) return true;
    if (p.family === 4) return (upcall.packet[6]! & 0x40) === 0;
    return isTunnel && p.totalBytes <= LEAST_MTU_BYTES[6];
  }

  /** Send a packet in all the pieces that it takes. `mtuBytes` 0: in one. */
  function forward(upcall: Upcall, now: number, mtuBytes: number): Decision {
    const { packet, gsoSize } = upcall;
    outlet.step(p, course, { gsoSize, now });
    decrementTtl(packet, p.family);
    if (gsoSize === 0) finishChecksum(p, packet); // segments get one each
    for (const end of outlet.ends(course)) masquerade(p, packet, end);
    if (segmentsOf(p, gsoSize) === 1) return sent(outlet.send(course, packet, p.totalBytes, mtuBytes));
    let isSent = true;
    const emit = (bytes: number): void => {
      isSent = outlet.send(course, segment, bytes, mtuBytes) && isSent;
    };
    cutSegments(p, packet, gsoSize, { out: segment, emit });
    return sent(isSent);
  }

  const sent = (isSent: boolean): Decision =>
    drop(isSent ? (outlet.overhead(course) > 0 ? "tunneled" : "rejoined") : "core_unroutable");

  return {
    ttl_exceeded: ttlExceeded,
    fib_frag_needed: fragNeeded,
    no_room: (upcall, now) => (findCourse(upcall) ? forward(upcall, now, 0) : drop("core_malformed")),
  };
}
