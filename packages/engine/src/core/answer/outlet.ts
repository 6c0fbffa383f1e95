/**
 * How packets of a connection leave when the core sends them itself: in parts, what the fast path does in one go (docs/packet-path.md,
 * points 6.6 to 6.11).
 */
import { METHOD_NUMBERS } from "@tandem/model";
import type { Injected, InjectKind, Tunnel } from "../../dataplane/dataplane.ts";
import type { ParsedPacket } from "../../packet/parse.ts";
import { addressToWords, swapPort } from "../../packet/words.ts";
import { packTransitions } from "../../protocols/transitions.ts";
import { cutPacket } from "../../rewrite/cut.ts";
import type { NewEnd } from "../../rewrite/masquerade.ts";
import { createTunnelEnds, overheadOf, type Wrapping, wrap } from "../../rewrite/tunnel.ts";
import { DIRECTION, RECORD } from "../layout.ts";
import { createNewEnds } from "../new-ends.ts";
import { methodOf, readField } from "../record.ts";
import { countPackets, type Step, stepRecord } from "../step.ts";
import type { CoreContext } from "./context.ts";
import { type IcmpNews, type Offending, senderOf } from "./icmp-sender.ts";

/** Which connection a packet belongs to, and which way it goes. */
export interface Course {
  family: 4 | 6;
  index: number;
  /** `DIRECTION.input` or `DIRECTION.output`. */
  direction: number;
}

/** The parts. All results are reused; nothing throws. */
export interface Outlet {
  /** Let a packet of one segment or more count, and move the connection's state. `p` is its headers. */
  step(p: ParsedPacket, course: Course, of: { gsoSize: number; now: number }): void;
  /** Let a packet count that says nothing about the connection's state. */
  count(course: Course, bytes: number): void;
  /** What becomes of the packet's ends: none, one, or under full NAT both. */
  ends(course: Course): readonly NewEnd[];
  /** Bytes that a tunnel puts before packets of this course: 0 without one, -1 if its destination is not known any more. */
  overhead(course: Course): number;
  /**
   * Queue a packet whose TTL and ends have been rewritten: wrapped if a tunnel leads there, cut if it is longer than `mtuBytes` (0: as it is).
   * Returns false if there is no way.
   */
  send(course: Course, packet: Uint8Array, packetBytes: number, mtuBytes: number): boolean;
  /** Tell the sender of a packet by ICMP what became of it: clients by the address they asked for, servers by the one that this host has for them. */
  answer(course: Course, about: Offending, news: IcmpNews, now: number): void;
}

/** The longest IP packet, and room for the headers of any tunnel. */
const MOST_BYTES = 65_535 + 128;
const NO_BYTES = new Uint8Array();
const { masquerade, local, tunnel, "direct-route": directRoute } = METHOD_NUMBERS;
const KIND_OF: Readonly<Record<number, InjectKind>> = { [local]: "host", [directRoute]: "via" };

/** The ways out of a core. */
export function createOutlet(context: CoreContext): Outlet {
  const { connections, services, dataplane, icmp, defence } = context;
  const { records } = connections.table;
  const grids = { normal: packTransitions(), secure: packTransitions(true) };
  const by: Step = {
    direction: 0,
    gsoSize: 0,
    now: 0,
    transitions: grids.normal,
    before: 0,
    after: 0,
  };
  const newEnds = createNewEnds();
  const leaving: Injected = { family: 4, packet: NO_BYTES, packetBytes: 0, gsoSize: 0, gsoSegments: 1 };
  const tunneled: Injected = { ...leaving, packet: new Uint8Array(MOST_BYTES) };
  const way = createTunnelEnds();
  const wrapping: Wrapping = { out: tunneled.packet, tunnel: way, mayFragment: false };
  const piece: Injected = { ...leaving, packet: new Uint8Array(MOST_BYTES) };
  let identification = context.random(0x1_0000);

  /** What does not come from the client was translated. */
  function methodOn({ family, index, direction }: Course): number {
    return direction === DIRECTION.output ? masquerade : methodOf(records[family], index);
  }

  const tunnelOf = ({ family, index }: Course): Tunnel | undefined =>
    services.destination(readField(records[family], index, RECORD.destinationId))?.tunnel;

  /** Point `way` into a tunnel. Returns false without a route to its end. */
  function enter(to: Tunnel): boolean {
    const source = dataplane.sourceFor(to.address);
    if (source?.length !== to.address.length) return false;
    way.family = to.address.length === 4 ? 4 : 6;
    way.type = to.type;
    way.flags = to.flags;
    way.port = swapPort(to.port);
    addressToWords(source, source.length / 4, way.source);
    addressToWords(to.address, source.length / 4, way.destination);
    return true;
  }

  /** The packet as it leaves: itself, or wrapped. */
  function wrapped(course: Course, packet: Uint8Array, packetBytes: number): Injected | undefined {
    if (methodOn(course) !== tunnel) {
      leaving.family = course.family;
      leaving.packet = packet;
      leaving.packetBytes = packetBytes;
      return leaving;
    }
    const to = tunnelOf(course);
    if (!to || !enter(to)) return undefined;
    wrapping.mayFragment = !services.settings.pmtuDiscovery;
    tunneled.family = way.family;
    tunneled.packetBytes = wrap(packet, packetBytes, wrapping);
    return tunneled;
  }

  function emitPieces(whole: Injected, kind: InjectKind, index: number, mtuBytes: number): boolean {
    piece.family = whole.family;
    identification = (identification + 1) & 0xffff;
    const how = { mtuBytes, id: identification };
    return cutPacket(whole.packet, whole.packetBytes, how, {
      out: piece.packet,
      emit(bytes) {
        piece.packetBytes = bytes;
        dataplane.inject(kind, piece, index);
      },
    });
  }

  return {
    step(p, { family, index, direction }, { gsoSize, now }) {
      by.direction = direction;
      by.gsoSize = gsoSize;
      by.now = now;
      by.transitions = defence.isSecure(now) ? grids.secure : grids.normal;
      if (stepRecord(records[family], index, p, by)) connections.review(family, index, now);
    },
    count({ family, index, direction }, bytes) {
      countPackets(records[family], index, { direction, packets: 1, bytes });
    },
    ends: ({ family, index, direction }) => newEnds(records[family], index, direction),
    overhead(course) {
      if (methodOn(course) !== tunnel) return 0;
      const to = tunnelOf(course);
      return to ? overheadOf({ ...to, family: to.address.length === 4 ? 4 : 6 }) : -1;
    },
    send(course, packet, packetBytes, mtuBytes) {
      const whole = wrapped(course, packet, packetBytes);
      if (!whole) return false;
      const kind = KIND_OF[methodOn(course)] ?? "route";
      if (mtuBytes > 0 && whole.packetBytes > mtuBytes)
        return emitPieces(whole, kind, course.index, mtuBytes);
      dataplane.inject(kind, whole, course.index);
      return true;
    },
    answer({ direction }, about, news, now) {
      const isFromClient = direction !== DIRECTION.output;
      const source = isFromClient ? undefined : dataplane.sourceFor(senderOf(about));
      if (isFromClient || source) icmp.tell(about, news, now, source);
    },
  };
}
