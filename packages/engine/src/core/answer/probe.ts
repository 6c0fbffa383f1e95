/**
 * Silent ends of connections that are to end aloud (`reset`): the client is asked for a packet, by a segment that fits nowhere, which TCP answers with
 * what it awaits (RFC 9293 §3.10.7.4).
 */
import type { DataPlane, Injected } from "../../dataplane/dataplane.ts";
import { IP_PROTOCOL, TCP_FLAG } from "../../packet/parse.ts";
import { wordsToAddress } from "../../packet/words.ts";
import { buildProbe, PROBE_BYTES } from "../../rewrite/reset.ts";
import { ADDRESS, LIFE, RECORD } from "../layout.ts";
import { addressAt, protocolOf, type RecordArray, readField } from "../record.ts";
import type { ConnectionTable } from "../table/connection-table.ts";

/** Has the client of a TCP connection of this node send a packet. Never throws. */
export type Probe = (family: 4 | 6, index: number) => void;

/** Probes of the connections of a table. */
export function createProbe(table: ConnectionTable, dataplane: Pick<DataPlane, "inject">): Probe {
  const own = new Uint8Array(PROBE_BYTES);
  const question: Injected = { family: 4, packet: own, packetBytes: 0, gsoSize: 0, gsoSegments: 1 };
  const ends = { family: 4 as 4 | 6, from: new Uint8Array(16), to: new Uint8Array(16), ports: 0 };

  function ask(r: RecordArray, index: number): void {
    const at = index * r.stride;
    ends.family = r.family;
    wordsToAddress(r.words, at + addressAt(r, ADDRESS.virtual), ends.from, r.addressWords);
    wordsToAddress(r.words, at + addressAt(r, ADDRESS.client), ends.to, r.addressWords);
    const ports = readField(r, index, RECORD.clientPorts);
    ends.ports = ((ports >>> 16) | (ports << 16)) >>> 0;
    question.family = r.family;
    question.packetBytes = buildProbe(own, ends, TCP_FLAG.ack);
    if (question.packetBytes > 0) dataplane.inject("route", question, -1);
  }

  return (family, index) => {
    const r = table.records[family];
    const isMine = (readField(r, index, RECORD.life) & (LIFE.remote | LIFE.template)) === 0;
    if (isMine && protocolOf(r, index) === IP_PROTOCOL.tcp) ask(r, index);
  };
}
