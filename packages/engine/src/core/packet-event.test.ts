import { expect, test } from "vitest";
import { createParsedPacket, IP_PROTOCOL, type ParsedPacket, SCTP_CHUNK, TCP_FLAG } from "../packet/parse.ts";
import { SCTP_EVENT, TRANSITIONS } from "./layout.ts";
import {
  abortsConnection,
  eventOf,
  opensConnection,
  sctpEvent,
  startsAnew,
  transitionRow,
} from "./packet-event.ts";

test("every protocol has a row of its own", () => {
  const rows = [IP_PROTOCOL.tcp, IP_PROTOCOL.udp, IP_PROTOCOL.sctp].map(transitionRow);
  expect(rows).toEqual([TRANSITIONS.protocols.tcp, TRANSITIONS.protocols.udp, TRANSITIONS.protocols.sctp]);
});

const { none: _, ...named } = SCTP_CHUNK;
for (const [name, chunk] of Object.entries(named)) {
  test(`sctp chunk ${name} is the event of its name`, () =>
    expect(sctpEvent(chunk, SCTP_CHUNK.none)).toBe(SCTP_EVENT[name as keyof typeof SCTP_EVENT]));
}

const chunks: [string, number, number, number][] = [
  ["DATA", 0, SCTP_CHUNK.none, SCTP_EVENT.data],
  ["HEARTBEAT", 4, SCTP_CHUNK.none, SCTP_EVENT.data],
  ["an unknown chunk", 200, SCTP_CHUNK.none, SCTP_EVENT.data],
  ["COOKIE-ECHO with ABORT", SCTP_CHUNK.cookieEcho, SCTP_CHUNK.abort, SCTP_EVENT.abort],
  ["COOKIE-ACK with ABORT", SCTP_CHUNK.cookieAck, SCTP_CHUNK.abort, SCTP_EVENT.abort],
  ["COOKIE-ACK with DATA", SCTP_CHUNK.cookieAck, 0, SCTP_EVENT.cookieAck],
  ["DATA with ABORT", 0, SCTP_CHUNK.abort, SCTP_EVENT.data],
];
for (const [what, first, second, event] of chunks) {
  test(`sctp takes ${what} for event ${event}`, () => expect(sctpEvent(first, second)).toBe(event));
}

const packetOf = (more: Partial<ParsedPacket>): ParsedPacket => ({ ...createParsedPacket(), ...more });
const tcp = (tcpFlags: number) => packetOf({ protocol: IP_PROTOCOL.tcp, tcpFlags, chunk: SCTP_CHUNK.init });
const sctp = (chunk: number) =>
  packetOf({ protocol: IP_PROTOCOL.sctp, chunk, secondChunk: SCTP_CHUNK.none, tcpFlags: TCP_FLAG.rst });
const { syn, ack, rst } = TCP_FLAG;

const meanings: [string, ParsedPacket, string][] = [
  ["SYN", tcp(syn), "starts opens"],
  ["SYN and ACK", tcp(syn | ack), "opens"],
  ["SYN and RST", tcp(syn | rst), "starts aborts"],
  ["ACK", tcp(ack), ""],
  ["RST", tcp(rst), "aborts"],
  ["INIT", sctp(SCTP_CHUNK.init), "starts opens"],
  ["INIT-ACK", sctp(SCTP_CHUNK.initAck), ""],
  ["ABORT", sctp(SCTP_CHUNK.abort), "aborts"],
  ["a datagram", packetOf({ protocol: IP_PROTOCOL.udp, tcpFlags: rst, chunk: SCTP_CHUNK.abort }), "opens"],
];
for (const [what, p, means] of meanings) {
  test(`${what}: ${means || "neither starts, opens nor aborts"}`, () => {
    const words = [startsAnew(p) && "starts", opensConnection(p) && "opens", abortsConnection(p) && "aborts"];
    expect(words.filter(Boolean).join(" ")).toBe(means);
  });
}

test("a datagram's only event is 0", () => {
  expect(eventOf(packetOf({ protocol: IP_PROTOCOL.udp, tcpFlags: rst, chunk: SCTP_CHUNK.abort }))).toBe(0);
});
