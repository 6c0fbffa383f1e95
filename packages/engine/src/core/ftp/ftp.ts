/**
 * The helper of FTP's control connections under masquerade and full NAT: it makes the data connections that both sides announce, puts the addresses that the other
 * side can reach in the place of those that it cannot, and keeps TCP's numbers right when that makes a stream longer or shorter (Linux `ip_vs_ftp.c`, `ip_vs_app.c`).
 */
import { formatAddress, METHOD_NUMBERS, parseAddress } from "@tandem/model";
import type { Injected } from "../../dataplane/dataplane.ts";
import { setIpLength } from "../../packet/ip-header.ts";
import { IP_PROTOCOL, type ParsedPacket } from "../../packet/parse.ts";
import { fillChecksum, leaveChecksum } from "../../packet/transport-checksum.ts";
import { readNetwork32, swapPort, wordsToAddress } from "../../packet/words.ts";
import { type FtpEndpoint, formatFtpEndpoint, parseFtpLine } from "../../protocols/ftp-commands.ts";
import { extendShift, type StreamShift, shiftSegment } from "../../rewrite/tcp-shift.ts";
import { type CoreContext, createVerdicts, type Decision } from "../answer/context.ts";
import type { Last } from "../answer/reset.ts";
import { ADDRESS, DIRECTION, RECORD } from "../layout.ts";
import { addressAt, methodOf, readField } from "../record.ts";
import { createDataConnections } from "./ftp-data.ts";
import { readShifts, type Shifts, writeShifts } from "./ftp-shifts.ts";
import { createLineTails, type TailOf } from "./line-tails.ts";

/** A piece of a segment's payload that gives way to a text. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Reads a packet of a control connection, and sends it on. The result is reused. Never throws. */
export type Ftp = (packet: Last, now: number) => Readonly<Decision>;

/** Ports below are privileged. */
const FIRST_FREE_PORT = 1024;
const MOST_BYTES = 65_535;

/** The helper over a context. */
export function createFtp(context: CoreContext): Ftp {
  const { connections, dataplane } = context;
  const { table } = connections;
  const { drop, send } = createVerdicts();
  const data = createDataConnections(context);
  const tails = createLineTails();
  const decoder = new TextDecoder("latin1"); // one character a byte
  const out = new Uint8Array(MOST_BYTES);
  const changed: Injected = { family: 4, packet: out, packetBytes: 0, gsoSize: 0, gsoSegments: 1 };

  function addressOf(family: 4 | 6, index: number, which: number): string {
    const r = table.records[family];
    const bytes = new Uint8Array(4 * r.addressWords);
    wordsToAddress(r.words, index * r.stride + addressAt(r, which), bytes, r.addressWords);
    return formatAddress(bytes);
  }

  /**
   * What the server's endpoint becomes: one of the virtual address, where the client is expected. A privileged port is none that FTP listens at for data: whoever makes
   * a server say such a line wants its other services.
   */
  function answerPassive(packet: Last, { port }: FtpEndpoint, now: number): Reached | undefined {
    if (port < FIRST_FREE_PORT) return undefined;
    const virtual = data.passive({ family: packet.p.family, index: packet.index }, port, now);
    return virtual > 0
      ? { address: addressOf(packet.p.family, packet.index, ADDRESS.virtual), port: virtual }
      : undefined;
  }

  /** What the client's endpoint becomes: itself, or under full NAT the one that the server can reach. Other hosts' endpoints are none of ours (RFC 2577 §2). */
  function answerActive(packet: Last, { address, port }: FtpEndpoint, now: number): Reached | undefined {
    const client = addressOf(packet.p.family, packet.index, ADDRESS.client);
    if (!address || normalized(address) !== client) return undefined;
    const { family } = packet.p;
    const index = data.active({ family, index: packet.index }, port, now);
    if (index < 0) return undefined;
    const r = table.records[family];
    if (methodOf(r, index) !== METHOD_NUMBERS["full-nat"]) return { address: client, port };
    const local = swapPort(readField(r, index, RECORD.serverPorts) >>> 16);
    return { address: addressOf(family, index, ADDRESS.local), port: local };
  }

  function editsOf(packet: Last, text: string, now: number): Edit[] {
    const { p, upcall, index, direction } = packet;
    const generation = readField(table.records[p.family], index, RECORD.generation);
    const of: TailOf = { family: p.family, index, direction, generation };
    const sequence = sequenceOf(p, upcall.packet);
    const before = tails.before(of, sequence);
    tails.keep(of, sequence, { before, text });
    const isClients = direction !== DIRECTION.output;
    const edits: Edit[] = [];
    for (const { line, at } of linesOf(before + text)) {
      const endpoint = parseFtpLine(line, isClients ? "client" : "server");
      if (!endpoint || isOfOtherFamily(endpoint, p.family)) continue;
      const reached = (isClients ? answerActive : answerPassive)(packet, endpoint, now);
      const start = at + endpoint.start - before.length;
      if (!reached || start < 0) continue; // its beginning has left already
      if (saysTheSame(endpoint, reached)) continue;
      const said = line.slice(endpoint.start, endpoint.end);
      edits.push({ start, end: start + said.length, text: formatFtpEndpoint(endpoint.form, reached, said) });
    }
    return edits;
  }

  /** Keep in mind how much longer the stream has become. Returns false if there is no room for that: then it must stay as it is. */
  function extend(
    { p, upcall, index, direction }: Last,
    shifts: Shifts,
    now: number,
    bytes: number,
  ): boolean {
    if (bytes === 0) return true;
    extendShift(shifts[direction === DIRECTION.output ? 1 : 0], sequenceOf(p, upcall.packet), bytes);
    return connections.keep(p.family, { index, bytes: writeShifts(shifts) }, now);
  }

  /** Write the packet with other payload and other numbers. */
  function write({ p, upcall, direction }: Last, shifts: Shifts, edits: readonly Edit[]): void {
    const { packet, gsoSize, gsoSegments } = upcall;
    const payloadAt = p.transportAt + p.transportBytes;
    out.set(packet.subarray(0, payloadAt));
    const end = writePayload(out, payloadAt, { payload: packet.subarray(payloadAt, p.totalBytes), edits });
    const [clients, servers] = shifts;
    if (direction === DIRECTION.output) shiftSegment(p, out, servers, clients);
    else shiftSegment(p, out, clients, servers);
    setIpLength(out, p.family, end);
    const place = { family: p.family, protocol: IP_PROTOCOL.tcp, transportAt: p.transportAt, end };
    if (gsoSize > 0) leaveChecksum(out, place);
    else fillChecksum(out, place);
    changed.family = p.family;
    changed.packetBytes = end;
    changed.gsoSize = gsoSize;
    changed.gsoSegments = gsoSegments;
  }

  return (packet, now) => {
    const { p, upcall, index } = packet;
    const payload = upcall.packet.subarray(p.transportAt + p.transportBytes, p.totalBytes);
    const shifts = readShifts(table.annexes.read(table.records[p.family], index));
    const edits = payload.length > 0 ? editsOf(packet, decoder.decode(payload), now) : [];
    const bytes = edits.reduce((sum, { start, end, text }) => sum + text.length - (end - start), 0);
    const isSame = edits.length === 0 && !shifts.some(isShifted);
    if (isSame || p.totalBytes + bytes > MOST_BYTES || !extend(packet, shifts, now, bytes))
      return send("helper_rewritten", "flow", index);
    write(packet, shifts, edits);
    dataplane.inject("flow", changed, index);
    return drop("helper_rewritten"); // it has left already, in another form
  };
}

/** An endpoint as the other side can reach it. */
interface Reached {
  readonly address: string;
  readonly port: number;
}

const isShifted = ({ before, after }: StreamShift): boolean => before !== 0 || after !== 0;

const sequenceOf = (p: ParsedPacket, bytes: Uint8Array): number => readNetwork32(bytes, p.transportAt + 4);

/** Whole lines, without what ends them, and where each starts. */
function* linesOf(text: string): Generator<{ line: string; at: number }> {
  for (let at = 0; ; ) {
    const end = text.indexOf("\n", at);
    if (end < 0) return;
    yield { line: text.slice(at, end), at };
    at = end + 1;
  }
}

const normalized = (address: string): string | undefined => {
  const bytes = parseAddress(address);
  return bytes && formatAddress(bytes);
};

/** PORT and 227 speak of IPv4 alone. */
const isOfOtherFamily = ({ form }: FtpEndpoint, family: 4 | 6): boolean =>
  family === 6 && (form === "port" || form === "passive");

const saysTheSame = ({ address, port }: FtpEndpoint, reached: Reached): boolean =>
  port === reached.port && (address === undefined || normalized(address) === reached.address);

/** Write a payload with its edits, which rise and do not overlap. Returns where it ends. */
function writePayload(
  out: Uint8Array,
  from: number,
  { payload, edits }: { payload: Uint8Array; edits: readonly Edit[] },
): number {
  let at = from;
  let read = 0;
  for (const { start, end, text } of edits) {
    out.set(payload.subarray(read, start), at);
    at += start - read;
    for (let i = 0; i < text.length; i++) out[at++] = text.charCodeAt(i);
    read = end;
  }
  out.set(payload.subarray(read), at);
  return at + payload.length - read;
}
