/**
 * Where Tandem differs from the kernel on purpose. Each entry recognises its place by what happens there, not by a case's name, and says what must come instead: a
 * place where we do what the kernel does, or something else again, fails.
 */
import { parseAddress } from "@tandem/model";
import { readNetwork16, writeNetwork16 } from "../../packages/engine/src/packet/words.ts";
import { isFragment, receivedBy } from "./datagrams.ts";
import { entryOf } from "./entries.ts";
import { flowOf } from "./flow-of.ts";
import { comparable, describeFrame, type Frame } from "./frames.ts";
import type { Compared } from "./ledger.ts";
import { isLocal } from "./testbed.ts";

/** One argued difference. */
export interface KnownDifference {
  readonly name: string;
  readonly because: string;
  /** Where it is argued. */
  readonly see: string;
  /** Whether this is a place where we differ. */
  about(at: Compared): boolean;
  /** Whether what came is what we mean to do there. */
  holds(at: Compared): boolean;
}

/** All of them; at most one is about a place. */
export const knownDifferences: readonly KnownDifference[] = [
  {
    name: "last service removed",
    because:
      "connections go on being translated, or stay dropped, as with any other service; the kernel takes its hooks away",
    see: "docs/adr/0011-defaults-that-differ-from-the-kernel.md",
    about: (at) => isFrames(at) && at.director.spec.services.length === 0 && isOfConnection(at),
    holds: ({ packet, got }) => (packet!.from === "client" ? got.length === 0 : got.length === 1),
  },
  {
    name: "fragments leave as they come",
    because:
      "each fragment is forwarded once its first one is known, and wrapped by itself; the kernel waits for all and puts them together",
    see: "docs/packet-path.md",
    about: ({ frames, packet, wanted, got }) =>
      frames !== undefined && packet !== undefined && isFragment(packet.bytes) && !isEqual(wanted, got),
    holds: ({ frames }) => isEqual(receivedBy(frames!.wanted), receivedBy(frames!.got)),
  },
  {
    name: "IPv6 in IPv4 is not fragmented",
    because: "the outer header has DF, because an IPv6 sender expects to be told of packets that are too big",
    see: "docs/tunnels.md",
    about: ({ frames }) => frames?.wanted.some((f) => wrapsIpv6(f) && !hasDf(f)) ?? false,
    holds: ({ frames, got }) =>
      isEqual(
        frames!.wanted.map((f) => comparable(wrapsIpv6(f) ? withDf(f) : f)),
        got,
      ),
  },
  {
    name: "a destination on this host answers for itself",
    because:
      "packets reach its socket untranslated, and what it answers is not seen, so the state follows the client alone",
    see: "docs/adr/0013-local-destinations-answer-for-themselves.md",
    about: (at) => hasLocal(at) && !isEqual(at.wanted, at.got),
    holds: ({ frames, wanted, got }) =>
      frames
        ? isEqual(frames.wanted.map(describeFrame), frames.got.map(describeFrame))
        : isEqual(wanted.map(withoutState), got.map(withoutState)),
  },
  {
    name: "the MTU behind a tunnel is told at once",
    because:
      "the client hears of the MTU in the error itself; the kernel's first answer has that of its own link, and its next ones the right one",
    see: "docs/tandem-and-ipvs.md",
    about: ({ frames, packet }) => frames !== undefined && isTooBigForTunnel(packet?.bytes),
    holds: ({ frames, packet, got }) =>
      isEqual(
        frames!.wanted.map((f) => describeFrame(f).replace(/(?<=code 4 rest )\w+/, toldMtu(packet!.bytes))),
        frames!.got.map(describeFrame),
      ) && got.length === 1,
  },
  {
    name: "the MTU behind a tunnel is not kept",
    because:
      "what fits the director's link goes into the tunnel, and the router that it does not fit says so each time; the kernel remembers what it said",
    see: "docs/tandem-and-ipvs.md",
    about: ({ frames }) => isOneOf(frames?.wanted, isTooBigAnswer) && isOneOf(frames?.got, isWrappedIpv4),
    holds: ({ frames, director }) => frames!.got[0]!.packet.length <= director.linkMtu("server"),
  },
  {
    name: "a method edited counts at once",
    because:
      "the next connection goes to the real server by the new method; the kernel keeps the old method's route and looks for the virtual address behind it",
    see: "docs/tandem-and-ipvs.md",
    about: (at) => at.director.hasChangedMethod && isFrames(at) && !isEqual(at.wanted, at.got),
    holds: ({ frames }) =>
      !frames!.wanted.some((f) => f.side === "server" && isIp(f)) && isOneOf(frames!.got, isForServer),
  },
  {
    name: "UDP checksum 0 stays 0",
    because:
      "a checksum that the sender left out is not made up on the way, which would vouch for bytes that nobody has checked",
    see: "docs/packet-path.md",
    about: ({ frames, packet }) => frames !== undefined && isUdpWithoutChecksum(packet?.bytes),
    holds: ({ frames, got }) =>
      isEqual(
        frames!.wanted.map((f) => comparable(withoutChecksum(f))),
        got,
      ),
  },
];

const isFrames = ({ what, packet }: Compared): boolean => what === "frames" && packet !== undefined;
const isEqual = (a: readonly string[], b: readonly string[]): boolean => a.join("\n") === b.join("\n");

function isOfConnection({ packet, director }: Compared): boolean {
  const flow = flowOf(packet!.bytes, packet!.from);
  return director.connections().some((row) => {
    const e = entryOf(row);
    return e.client === flow?.client && e.protocol === flow.protocol;
  });
}

const hasLocal = ({ director }: Compared): boolean =>
  director.spec.services.some((s) => s.destinations.some((d) => isLocal(parseAddress(d.address)!)));

/** A connection's line without state and time, a real server's without what is counted by state. */
const withoutState = (line: string): string => line.replace(/ \S+ expires=\d+$|(?<=^->.*) \d+ \d+$/, "");

const isV4 = (packet: Uint8Array): boolean => packet[0]! >>> 4 === 4;
const hasDf = ({ packet }: Frame): boolean => (packet[6]! & 0x40) !== 0;

/** IPv6 inside IPv4, by protocol 41, GRE or GUE. */
function wrapsIpv6({ packet }: Frame): boolean {
  if (!isV4(packet) || !isLocal(packet.subarray(12, 16))) return false;
  const inner = { 41: 20, 47: (packet[20]! & 0x80) !== 0 ? 28 : 24, 17: 32 }[packet[9]!];
  return inner !== undefined && packet[inner]! >>> 4 === 6 && packet.length > inner + 40;
}

function withDf(f: Frame): Frame {
  const packet = f.packet.slice();
  packet[6] = packet[6]! | 0x40;
  return { ...f, packet };
}

const UDP = 17;

function isUdpWithoutChecksum(packet: Uint8Array | undefined): boolean {
  if (!packet || !isV4(packet) || isFragment(packet) || packet[9] !== UDP) return false;
  return readNetwork16(packet, (packet[0]! & 15) * 4 + 6) === 0;
}

function withoutChecksum(f: Frame): Frame {
  const packet = f.packet.slice();
  writeNetwork16(packet, (packet[0]! & 15) * 4 + 6, 0);
  return { ...f, packet };
}

const ICMP = 1;

/** ICMP "fragmentation needed" about a packet that the director itself has sent. */
function isTooBigForTunnel(packet: Uint8Array | undefined): boolean {
  if (!packet || !isV4(packet) || packet[9] !== ICMP || packet[20] !== 3 || packet[21] !== 4) return false;
  return packet[37] === IPIP && isLocal(packet.subarray(40, 44));
}

const IPIP = 4;
const IPIP_OVERHEAD = 20;

const toldMtu = (packet: Uint8Array): string =>
  (readNetwork16(packet, 26) - IPIP_OVERHEAD).toString(16).padStart(8, "0");

const isOneOf = (frames: readonly Frame[] | undefined, is: (f: Frame) => boolean): boolean =>
  frames?.length === 1 && is(frames[0]!);
const isTooBigAnswer = (f: Frame): boolean =>
  /ICMP type 3 code 4/.test(describeFrame(f)) && f.side === "client";
const isWrappedIpv4 = ({ packet }: Frame): boolean => isV4(packet) && packet[9] === IPIP;
const isIp = ({ packet }: Frame): boolean => packet[0]! >>> 4 === 4 || packet[0]! >>> 4 === 6;
const isForServer = (f: Frame): boolean => f.side === "server";
