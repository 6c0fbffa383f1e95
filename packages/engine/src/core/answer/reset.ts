/**
 * The end of a connection whose destination is gone for good (`reset`): the next packet of it, from either side, tells both sides. A side that is silent is
 * asked for one: a segment that fits nowhere, which TCP answers with what it awaits (RFC 9293 §3.10.7.4).
 */
import type { Injected, Upcall } from "../../dataplane/dataplane.ts";
import { IP_PROTOCOL, type ParsedPacket, TCP_FLAG } from "../../packet/parse.ts";
import { wordsToAddress } from "../../packet/words.ts";
import { buildProbe, buildReset, PROBE_BYTES, RESET_BYTES } from "../../rewrite/reset.ts";
import { ADDRESS, DIRECTION, LIFE, RECORD } from "../layout.ts";
import { addressAt, protocolOf, readField } from "../record.ts";
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

/** Ends connections aloud. */
export interface Reset {
  /** Tell both sides; the packet itself goes nowhere. The result is reused. */
  tell(last: Last, now: number): Readonly<Decision>;
  /** Have the client of a connection of this node send a packet. */
  probe(family: 4 | 6, index: number): void;
}

/** Resets over a context. Nothing here throws. */
export function createReset({ connections, dataplane, icmp }: CoreContext): Reset {
  const { drop, send } = createVerdicts();
  const own = new Uint8Array(Math.max(RESET_BYTES, PROBE_BYTES));
  const answer: Injected = { family: 4, packet: own, packetBytes: 0, gsoSize: 0, gsoSegments: 1 };
  const ends = { family: 4 as 4 | 6, from: new Uint8Array(16), to: new Uint8Array(16), ports: 0 };

  function inject(family: 4 | 6, packetBytes: number): void {
    if (packetBytes === 0) return;
    answer.family = family;
    answer.packetBytes = packetBytes;
    dataplane.inject("route", answer, -1);
  }

  function tellStream({ p, upcall, index }: Last): Decision {
    inject(p.family, buildReset(own, upcall.packet, p, "back"));
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

  return {
    tell: (last, now) => (last.p.protocol === IP_PROTOCOL.udp ? tellDatagram(last, now) : tellStream(last)),
    probe(family, index) {
      const r = connections.table.records[family];
      const isMine = (readField(r, index, RECORD.life) & (LIFE.remote | LIFE.template)) === 0;
      if (!isMine || protocolOf(r, index) !== IP_PROTOCOL.tcp) return;
      const at = index * r.stride;
      ends.family = family;
      wordsToAddress(r.words, at + addressAt(r, ADDRESS.virtual), ends.from, r.addressWords);
      wordsToAddress(r.words, at + addressAt(r, ADDRESS.client), ends.to, r.addressWords);
      const ports = readField(r, index, RECORD.clientPorts);
      ends.ports = ((ports >>> 16) | (ports << 16)) >>> 0;
      inject(family, buildProbe(own, ends, TCP_FLAG.ack));
    },
  };
}
