/**
 * Fragments of packets to services and from real servers: the first one says where its packet goes, the others follow it by what names the packet, and
 * what comes before the first waits. Nothing is put together: each leaves by itself, and no longer than the longest one came.
 */
import { METHOD_NUMBERS } from "@tandem/model";
import type { Upcall } from "../../dataplane/dataplane.ts";
import { type FragmentFields, parseFragment } from "../../packet/fragment.ts";
import { createParsedPacket, IP_PROTOCOL, isTransport, parseIp, parseTransport } from "../../packet/parse.ts";
import { cutPacket } from "../../rewrite/cut.ts";
import { decrementTtl } from "../../rewrite/direct-route.ts";
import { ICMP_MESSAGES } from "../../rewrite/icmp-build.ts";
import { CHECKSUM_AT, type PacketPlace, rewriteAddress, rewriteEnd } from "../../rewrite/masquerade.ts";
import { DIRECTION, LIFE, RECORD } from "../layout.ts";
import { methodOf, readField } from "../record.ts";
import { directionOf, indexOf } from "../table/flow-index.ts";
import type { Reason } from "../verdict.ts";
import { type CoreParts, createVerdicts, type Handlers, type Opener } from "./context.ts";
import { createFragmentTable, type Fate, FRAGMENT_LIMITS, type FragmentedPacket } from "./fragment-table.ts";
import type { Course } from "./outlet.ts";
import { createUnmatched } from "./unmatched.ts";

/** Longest payload of an IP packet. */
const MOST_PAYLOAD_BYTES = 65_535;
const DROP: Fate = { kind: "drop" };
const HOST: Fate = { kind: "host" };

/** The handler of fragments. `limits` are for tests. */
export function createFragments(
  context: CoreParts,
  open: Opener,
  limits = FRAGMENT_LIMITS,
): Handlers<"fragment"> {
  const { connections, services, dataplane, outlet } = context;
  const { table } = connections;
  const packets = createFragmentTable(limits);
  const unmatched = createUnmatched(context);
  const { drop } = createVerdicts();
  const p = createParsedPacket();
  const fields: FragmentFields = { id: 0, offsetBytes: 0, hasMore: false };
  const piece = new Uint8Array(MOST_PAYLOAD_BYTES);

  function parse(upcall: Upcall): boolean {
    p.family = upcall.family;
    if (!parseIp(p, upcall.packet, upcall.packetBytes) || !p.isFragment) return false;
    return parseFragment(p, upcall.packet, fields);
  }

  /** All but the last end at a multiple of 8, and none ends behind the longest packet; the first one holds its transport header (RFC 1858 §3.2.1). */
  function isSound(upcall: Upcall): boolean {
    const payloadBytes = p.totalBytes - p.transportAt;
    if (payloadBytes <= 0 || (fields.hasMore && payloadBytes % 8 !== 0)) return false;
    if (fields.offsetBytes + payloadBytes > MOST_PAYLOAD_BYTES) return false;
    return fields.offsetBytes > 0 || parseTransport(p, upcall.packet);
  }

  function fragment(upcall: Upcall, now: number): Reason {
    if (!parse(upcall)) return "core_malformed";
    if (!isTransport(p.protocol)) return leaveToHost(upcall);
    if (!isSound(upcall)) return "core_malformed";
    const packet = packets.find(p, fields, now);
    const reason = admit(packet, upcall, now);
    if (packet.coverage.isComplete && packet.fate) packets.forget(packet);
    return reason;
  }

  function admit(packet: FragmentedPacket, upcall: Upcall, now: number): Reason {
    const end = fields.offsetBytes + p.totalBytes - p.transportAt;
    const contribution = packet.coverage.add(fields.offsetBytes, end, !fields.hasMore);
    if (contribution === "conflict") {
      packet.fate = DROP;
      packets.release(packet);
    }
    if (contribution !== "new") return "core_fragment";
    packet.longestBytes = Math.max(packet.longestBytes, p.totalBytes);
    return packet.fate ? follow(packet, upcall) : wait(packet, upcall, now);
  }

  /**
   * The first fragment starts its packet, the others wait for it. SCTP's checksum covers the whole packet, so that patching it takes the packet's length:
   * there, the first one itself waits for the last.
   */
  function wait(packet: FragmentedPacket, upcall: Upcall, now: number): Reason {
    const canStart = p.protocol !== IP_PROTOCOL.sctp || packet.coverage.totalBytes >= 0;
    if (canStart && fields.offsetBytes === 0) return start(packet, upcall, now);
    if (!packets.hold(packet, upcall)) return "core_fragment";
    const first = canStart ? packet.held.find(isFirst) : undefined;
    return first ? start(packet, first, now) : "fragment_held";
  }

  const isFirst = (upcall: Upcall): boolean => parse(upcall) && fields.offsetBytes === 0;

  function start(packet: FragmentedPacket, first: Upcall, now: number): Reason {
    const waiting = packets.release(packet).filter((upcall) => upcall !== first);
    parse(first);
    parseTransport(p, first.packet);
    const node = table.find(p.family, p.key);
    const reason = node < 0 ? introduce(packet, first, now) : join(packet, first, courseOf(node), now);
    for (const upcall of waiting) if (parse(upcall)) follow(packet, upcall);
    return reason;
  }

  const courseOf = (node: number): Course => ({
    family: p.family,
    index: indexOf(node),
    direction: directionOf(node),
  });

  /** The first fragment belongs to no flow: it may open one, as points 7 and 8 of docs/packet-path.md say. */
  function introduce(packet: FragmentedPacket, first: Upcall, now: number): Reason {
    if (!services.find(p.family, p.key, first.mark)) return disown(packet, first, now);
    const { reason, inject, index } = open(p, first, now);
    const course = { family: p.family, index, direction: DIRECTION.input };
    if (inject === "flow") return join(packet, first, course, now);
    if (inject === "host") return toHost(packet, first);
    packet.fate = index < 0 ? DROP : followOn(course);
    if (inject) dataplane.inject(inject, first, index);
    return reason;
  }

  /** Neither to a service nor of a flow: the host's, but for what a real server's endpoint sends (point 8). */
  function disown(packet: FragmentedPacket, first: Upcall, now: number): Reason {
    const { unmatchedReply } = services.settings;
    if (unmatchedReply === "forward" || !unmatched.isFromServer(p)) return toHost(packet, first);
    packet.fate = DROP;
    if (unmatchedReply === "drop") return "core_fragment";
    unmatched.refuse(p, first, now);
    return "refused";
  }

  function toHost(packet: FragmentedPacket, upcall: Upcall): Reason {
    packet.fate = HOST;
    return leaveToHost(upcall);
  }

  function leaveToHost(upcall: Upcall): Reason {
    dataplane.inject("host", upcall, -1);
    return "left_to_host";
  }

  const followOn = (course: Course): Fate => ({
    kind: "follow",
    course,
    generation: readField(table.records[course.family], course.index, RECORD.generation),
  });

  /** What the fast path would do with a whole packet (point 6). A helper cannot read pieces, so that a watched connection has none. */
  function join(packet: FragmentedPacket, first: Upcall, course: Course, now: number): Reason {
    const r = table.records[course.family];
    const isInput = course.direction !== DIRECTION.output;
    const life = readField(r, course.index, RECORD.life);
    const isLocal = isDelivered(course);
    packet.fate = DROP;
    if ((life & LIFE.watched) !== 0 || (isInput && (life & LIFE.held) !== 0)) return "core_fragment";
    outlet.step(p, course, { gsoSize: 0, now });
    if (!isLocal && p.ttl <= 1) {
      outlet.answer(course, first, { message: ICMP_MESSAGES.timeExceeded[p.family], mtu: 0 }, now);
      return "core_ttl_exceeded";
    }
    packet.fate = followOn(course);
    if (isLocal) return leaveToHost(first);
    for (const end of outlet.ends(course)) rewriteEnd(first.packet, placeOf(packet), end);
    return leave(packet, first, course);
  }

  /** Whether packets this way are for the host itself, by the method local. */
  const isDelivered = ({ family, index, direction }: Course): boolean =>
    direction !== DIRECTION.output && methodOf(table.records[family], index) === METHOD_NUMBERS.local;

  /** Where the headers of a first fragment lie, and where its packet would end. */
  function placeOf({ coverage }: FragmentedPacket): PacketPlace {
    const { family, protocol, transportAt } = p;
    const checksumAt = transportAt + CHECKSUM_AT[protocol]!;
    return { family, protocol, ipAt: 0, transportAt, checksumAt, end: transportAt + coverage.totalBytes };
  }

  /** A fragment of a packet whose fate is known. */
  function follow(packet: FragmentedPacket, upcall: Upcall): Reason {
    const { fate } = packet;
    if (fate?.kind === "host") return leaveToHost(upcall);
    if (fate?.kind !== "follow") return "core_fragment";
    const { course, generation } = fate;
    if (readField(table.records[course.family], course.index, RECORD.generation) !== generation)
      return "core_fragment";
    const isLocal = isDelivered(course);
    if (!isLocal && p.ttl <= 1) return "core_ttl_exceeded";
    outlet.count(course, p.totalBytes);
    if (isLocal) return leaveToHost(upcall);
    for (const end of outlet.ends(course))
      rewriteAddress(upcall.packet, { family: p.family, ipAt: 0 }, end, 0);
    return leave(packet, upcall, course);
  }

  /** Send a fragment whose ends have been rewritten. What a tunnel adds makes it two, rather than longer than what has come this way. */
  function leave({ longestBytes }: FragmentedPacket, { packet }: Upcall, course: Course): Reason {
    decrementTtl(packet, p.family);
    const mtuBytes = longestBytes - outlet.overhead(course);
    let isSent = true;
    const emit = (bytes: number): void => {
      isSent = outlet.send(course, piece, bytes, 0) && isSent;
    };
    const isCut =
      p.totalBytes > mtuBytes && cutPacket(packet, p.totalBytes, { mtuBytes, id: 0 }, { out: piece, emit });
    if (!isCut) isSent = outlet.send(course, packet, p.totalBytes, 0);
    return isSent ? "fragment_forwarded" : "core_unroutable";
  }

  return { fragment: (upcall, now) => drop(fragment(upcall, now)) };
}
