/**
 * A packet as one line of words, in the manner of `tcpdump -n -S`. Pure; nothing here throws. The engine's parser says whether a packet fits a flow,
 * and stops there: this one says what can be read of the first bytes of any.
 */
import { type IpPacket, readIpPacket } from "./ip-packet.ts";

/** `IP 198.51.100.7.40112 > 192.0.2.10.80: Flags [S], seq 1, win 64240, length 0`, of the first bytes of a packet and its length. */
export function describePacket(data: Uint8Array, length: number): string {
  const packet = readIpPacket(new DataView(data.buffer, data.byteOffset, data.byteLength), length);
  return packet ? `${label(packet)} ${describeIp(packet)}` : `no whole IP header, length ${length}`;
}

const label = ({ family }: IpPacket): string => (family === 4 ? "IP" : "IP6");

function describeIp(packet: IpPacket): string {
  if (packet.fragmentOffset > 0) return `${between(packet)}: ${describeFragment(packet)}`;
  const describe = PROTOCOLS[packet.protocol] ?? describeOther;
  const more = packet.hasMoreFragments ? ", first fragment" : "";
  return `${between(packet)}: ${describe(packet)}${more}`;
}

/** Protocols whose first four bytes are ports. */
const WITH_PORTS: ReadonlySet<number> = new Set([6, 17, 132, 33, 136]);

/** Addresses, with ports where they are there. */
function between({ source, destination, protocol, payload, fragmentOffset }: IpPacket): string {
  if (!WITH_PORTS.has(protocol) || fragmentOffset > 0 || payload.byteLength < 4)
    return `${source} > ${destination}`;
  return `${source}.${payload.getUint16(0)} > ${destination}.${payload.getUint16(2)}`;
}

/** By IP protocol number. */
const PROTOCOLS: Readonly<Record<number, (packet: IpPacket) => string>> = {
  1: describeIcmp,
  6: describeTcp,
  17: ({ payloadBytes }) => `UDP, length ${Math.max(0, payloadBytes - 8)}`,
  58: describeIcmp,
  132: describeSctp,
};

/** Of what is only passed along. */
const NAMES: Readonly<Record<number, string>> = {
  1: "ICMP",
  2: "IGMP",
  4: "IPIP",
  6: "TCP",
  17: "UDP",
  41: "IPv6 in IP",
  47: "GRE",
  50: "ESP",
  51: "AH",
  58: "ICMP6",
  89: "OSPF",
  112: "VRRP",
  132: "SCTP",
};

const nameOf = (protocol: number): string => NAMES[protocol] ?? `protocol ${protocol}`;

const describeOther = ({ protocol, payloadBytes }: IpPacket): string =>
  `${nameOf(protocol)}, length ${payloadBytes}`;

const describeFragment = ({ protocol, fragmentOffset, hasMoreFragments, payloadBytes }: IpPacket): string =>
  `${nameOf(protocol)}, ${hasMoreFragments ? "" : "last "}fragment at ${fragmentOffset}, length ${payloadBytes}`;

/** RFC 9293 §3.1, from the lowest bit up; letters as tcpdump has them. */
const TCP_FLAGS = "FSRP.UEW";
const SHOWS_SEQUENCE = 0x07; // FIN, SYN, RST
const ACK = 0x10;

function describeTcp({ payload, payloadBytes }: IpPacket): string {
  if (payload.byteLength < 20) return `TCP, cut short, length ${payloadBytes}`;
  const flags = payload.getUint8(13);
  const sequence = payload.getUint32(4);
  const length = Math.max(0, payloadBytes - (payload.getUint8(12) >>> 4) * 4);
  const end = length > 0 ? `:${(sequence + length) >>> 0}` : "";
  const parts = [
    `Flags [${[...TCP_FLAGS].filter((_, bit) => flags & (1 << bit)).join("") || "none"}]`,
    length > 0 || flags & SHOWS_SEQUENCE ? `seq ${sequence}${end}` : "",
    flags & ACK ? `ack ${payload.getUint32(8)}` : "",
    `win ${payload.getUint16(14)}`,
    `length ${length}`,
  ];
  return parts.filter(Boolean).join(", ");
}

/** Chunk types: RFC 9260 §3.2. */
const CHUNKS = [
  "DATA",
  "INIT",
  "INIT ACK",
  "SACK",
  "HEARTBEAT",
  "HEARTBEAT ACK",
  "ABORT",
  "SHUTDOWN",
  "SHUTDOWN ACK",
  "ERROR",
  "COOKIE ECHO",
  "COOKIE ACK",
  "ECNE",
  "CWR",
  "SHUTDOWN COMPLETE",
] as const;

/** The chunks that are there: a packet may carry several. */
function describeSctp({ payload, payloadBytes }: IpPacket): string {
  const chunks: string[] = [];
  for (let at = 12; at + 4 <= payload.byteLength; ) {
    const type = payload.getUint8(at);
    chunks.push(`[${CHUNKS[type] ?? `chunk ${type}`}]`);
    at += Math.max(4, (payload.getUint16(at + 2) + 3) & ~3);
  }
  return `SCTP ${chunks.join(" ") || "cut short"}, length ${payloadBytes}`;
}

/** What is told of a type of ICMP: its name, its codes' names if they say something, and what its body holds. */
interface IcmpType {
  readonly name: string;
  readonly codes?: readonly string[];
  readonly body?: "echo" | "quote";
}

/** RFC 792, RFC 1191. */
const ICMP4: Readonly<Record<number, IcmpType>> = {
  0: { name: "echo reply", body: "echo" },
  3: {
    name: "unreachable",
    codes: ["network", "host", "protocol", "port", "fragmentation needed"],
    body: "quote",
  },
  4: { name: "source quench", body: "quote" },
  5: { name: "redirect", body: "quote" },
  8: { name: "echo request", body: "echo" },
  11: { name: "time exceeded", codes: ["in transit", "reassembly"], body: "quote" },
  12: { name: "parameter problem", body: "quote" },
};
/** RFC 4443, RFC 4861. */
const ICMP6: Readonly<Record<number, IcmpType>> = {
  1: { name: "unreachable", codes: ["no route", "prohibited", "scope", "address", "port"], body: "quote" },
  2: { name: "packet too big", body: "quote" },
  3: { name: "time exceeded", codes: ["in transit", "reassembly"], body: "quote" },
  4: { name: "parameter problem", body: "quote" },
  128: { name: "echo request", body: "echo" },
  129: { name: "echo reply", body: "echo" },
  133: { name: "router solicitation" },
  134: { name: "router advertisement" },
  135: { name: "neighbour solicitation" },
  136: { name: "neighbour advertisement" },
};

function describeIcmp({ family, payload, payloadBytes }: IpPacket): string {
  const name = family === 4 ? "ICMP" : "ICMP6";
  if (payload.byteLength < 8) return `${name}, cut short, length ${payloadBytes}`;
  const [type, code] = [payload.getUint8(0), payload.getUint8(1)];
  const known = (family === 4 ? ICMP4 : ICMP6)[type];
  const says = known?.name ?? `type ${type}`;
  const codeSays = known?.codes?.[code] ?? (code === 0 ? "" : `code ${code}`);
  const body = known?.body ? BODIES[known.body](payload) : "";
  return `${name} ${says}${codeSays && ` (${codeSays})`}${body}, length ${payloadBytes}`;
}

const BODIES: Record<NonNullable<IcmpType["body"]>, (icmp: DataView) => string> = {
  echo: (icmp) => `, id ${icmp.getUint16(4)}, seq ${icmp.getUint16(6)}`,
  quote(icmp) {
    const rest = new DataView(icmp.buffer, icmp.byteOffset + 8, icmp.byteLength - 8);
    const quoted = readIpPacket(rest, rest.byteLength);
    return quoted ? ` about ${nameOf(quoted.protocol)} ${between(quoted)}` : "";
  },
};
