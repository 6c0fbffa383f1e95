/** What a packet means to the state of its connection: the row of the transition tables, and the event within it. */
import { IP_PROTOCOL, type ParsedPacket, SCTP_CHUNK, TCP_FLAG } from "../packet/parse.ts";
import { SCTP_EVENT, TCP_EVENT, TRANSITIONS } from "./layout.ts";

/** The protocol's row of the transition tables (`TRANSITIONS.protocols`). */
export function transitionRow(protocol: number): number {
  if (protocol === IP_PROTOCOL.tcp) return TRANSITIONS.protocols.tcp;
  return protocol === IP_PROTOCOL.sctp ? TRANSITIONS.protocols.sctp : TRANSITIONS.protocols.udp;
}

/** The event of a packet whose transport header was parsed; UDP has one alone. */
export function eventOf(p: ParsedPacket): number {
  if (p.protocol === IP_PROTOCOL.tcp) return tcpEvent(p.tcpFlags);
  return p.protocol === IP_PROTOCOL.sctp ? sctpEvent(p.chunk, p.secondChunk) : 0;
}

/** The event of one TCP segment: the first flag present, asked in the order rst, syn, fin, ack. */
export function tcpEvent(flags: number): number {
  if ((flags & TCP_FLAG.rst) !== 0) return TCP_EVENT.rst;
  if ((flags & TCP_FLAG.syn) !== 0) return TCP_EVENT.syn;
  if ((flags & TCP_FLAG.fin) !== 0) return TCP_EVENT.fin;
  return (flags & TCP_FLAG.ack) !== 0 ? TCP_EVENT.ack : TCP_EVENT.none;
}

const CHUNK_EVENTS: Readonly<Record<number, number>> = Object.fromEntries(
  Object.entries(SCTP_CHUNK)
    .filter(([name]) => name !== "none")
    .map(([name, chunk]) => [chunk, SCTP_EVENT[name as keyof typeof SCTP_EVENT]]),
);

/** The event of one SCTP packet: its first chunk's, but an abort if one follows a COOKIE-ECHO or COOKIE-ACK. */
export function sctpEvent(chunk: number, second: number): number {
  const isCookie = chunk === SCTP_CHUNK.cookieEcho || chunk === SCTP_CHUNK.cookieAck;
  if (isCookie && second === SCTP_CHUNK.abort) return SCTP_EVENT.abort;
  return CHUNK_EVENTS[chunk] ?? SCTP_EVENT.data;
}

/** Whether the packet asks for a new connection from a host that has forgotten the old one: a SYN without ACK, an INIT. */
export function startsAnew(p: ParsedPacket): boolean {
  if (p.protocol === IP_PROTOCOL.tcp) return (p.tcpFlags & (TCP_FLAG.syn | TCP_FLAG.ack)) === TCP_FLAG.syn;
  return p.protocol === IP_PROTOCOL.sctp && sctpEvent(p.chunk, p.secondChunk) === SCTP_EVENT.init;
}

/** Whether the packet opens a connection: TCP with SYN and without RST, SCTP with INIT, any UDP. */
export function opensConnection(p: ParsedPacket): boolean {
  if (p.protocol === IP_PROTOCOL.tcp) return (p.tcpFlags & (TCP_FLAG.syn | TCP_FLAG.rst)) === TCP_FLAG.syn;
  return p.protocol !== IP_PROTOCOL.sctp || sctpEvent(p.chunk, p.secondChunk) === SCTP_EVENT.init;
}

/** Whether the packet ends a connection at once: TCP's RST, SCTP's ABORT. */
export function abortsConnection(p: ParsedPacket): boolean {
  if (p.protocol === IP_PROTOCOL.tcp) return (p.tcpFlags & TCP_FLAG.rst) !== 0;
  return p.protocol === IP_PROTOCOL.sctp && sctpEvent(p.chunk, p.secondChunk) === SCTP_EVENT.abort;
}
