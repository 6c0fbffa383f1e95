/** The end of a connection whose destination is gone for good (`reset`): the next packet of it, from either side, tells both sides. */
import type { Injected, Upcall } from "../../dataplane/dataplane.ts";
import { IP_PROTOCOL, type ParsedPacket } from "../../packet/parse.ts";
import { buildReset, RESET_BYTES } from "../../rewrite/reset.ts";
import { DIRECTION } from "../layout.ts";
import { type CoreContext, createVerdicts, type Decision } from "./context.ts";

/** A packet of a connection that is to end. */
export interface Last {
  /** Its headers. */
  readonly p: ParsedPacket;
  readonly upcall: Upcall;
  readonly index: number;
  /** `DIRECTION.input` or `DIRECTION.output`. */
  readonly direction: number;
}

/** Tells both sides of a connection that it ends; the packet itself goes nowhere. The result is reused. Never throws. */
export type Reset = (last: Last, now: number) => Readonly<Decision>;

/** Resets over a context. */
export function createReset({ connections, dataplane, icmp }: CoreContext): Reset {
  const { drop, send } = createVerdicts();
  const own = new Uint8Array(RESET_BYTES);
  const answer: Injected = { family: 4, packet: own, packetBytes: 0, gsoSize: 0, gsoSegments: 1 };

  function tellBack({ p, upcall }: Last): void {
    answer.family = p.family;
    answer.packetBytes = buildReset(own, upcall.packet, p, "back");
    if (answer.packetBytes > 0) dataplane.inject("route", answer, -1);
  }

  function tellStream(last: Last): Decision {
    tellBack(last);
    const { p, upcall, index } = last;
    const packetBytes = buildReset(own, upcall.packet, p, "on");
    if (packetBytes === 0) return send("reset_sent", "flow", index); // it says so itself
    upcall.packet.set(own.subarray(0, packetBytes));
    upcall.packetBytes = packetBytes;
    upcall.gsoSize = 0;
    upcall.gsoSegments = 1;
    return send("reset_sent", "flow", index);
  }

  function tellDatagram({ p, upcall, index, direction }: Last, now: number): Decision {
    if (direction !== DIRECTION.output) icmp.refuse(upcall, now);
    connections.close(p.family, index, now);
    return drop("reset_sent");
  }

  return (last, now) => (last.p.protocol === IP_PROTOCOL.udp ? tellDatagram(last, now) : tellStream(last));
}
