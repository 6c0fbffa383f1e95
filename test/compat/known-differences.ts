/**
 * Where Tandem differs from the kernel on purpose. Each entry recognises its place by what happens there, not by a case's name, and says what must come instead: a
 * place where we do what the kernel does, or something else again, fails.
 */
import { parseAddress } from "@tandem/model";
import { isFragment, receivedBy } from "./datagrams.ts";
import { entryOf } from "./entries.ts";
import { flowOf } from "./flow-of.ts";
import { comparable, describeFrame, type Frame, isWrapped } from "./frames.ts";
import type { Compared } from "./ledger.ts";
import {
  hasBrokenHeader,
  innerMtu,
  isFragmentableIpv6,
  isIp,
  isTooBigAnswer,
  isTooBigForTunnel,
  isUdpWithChecksum,
  isUdpWithoutChecksum,
  withDf,
  withoutUdpChecksum,
} from "./packet-traits.ts";
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
    about: (at) => at.frames !== undefined && isAboutPacket(at, isFragment) && isDifferent(at),
    holds: ({ frames }) => isEqual(receivedBy(frames!.wanted), receivedBy(frames!.got)),
  },
  {
    name: "IPv6 in IPv4 is not fragmented",
    because: "the outer header has DF, because an IPv6 sender expects to be told of packets that are too big",
    see: "docs/tunnels.md",
    about: ({ frames, director }) =>
      director.settings.pmtuDiscovery && (frames?.wanted.some(isFragmentableIpv6) ?? false),
    holds: ({ frames, got }) =>
      isEqual(
        frames!.wanted.map((f) => comparable(isFragmentableIpv6(f) ? withDf(f) : f)),
        got,
      ),
  },
  {
    name: "a destination on this host answers for itself",
    because:
      "packets reach its socket untranslated, and what it answers is not seen, so the state follows the client alone",
    see: "docs/adr/0013-local-destinations-answer-for-themselves.md",
    about: (at) => hasLocal(at) && isDifferent(at),
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
    about: (at) => at.frames !== undefined && isAboutPacket(at, isTooBigForTunnel) && isDifferent(at),
    holds: ({ frames, packet, got }) =>
      isEqual(
        frames!.wanted.map((f) => describeFrame(f).replace(/(?<=code 4 rest )\w+/, innerMtu(packet!.bytes))),
        frames!.got.map(describeFrame),
      ) && got.length === 1,
  },
  {
    name: "the MTU behind a tunnel is not kept",
    because:
      "what fits the director's link goes into the tunnel, and the router that it does not fit says so each time; the kernel remembers what it said",
    see: "docs/tandem-and-ipvs.md",
    about: ({ frames }) =>
      isOne(frames?.wanted, isTooBigAnswer) && isOne(frames?.got, (f) => isWrapped(f.packet)),
    holds: ({ frames, director }) => frames!.got[0]!.packet.length <= director.linkMtu("server"),
  },
  {
    name: "a method edited counts at once",
    because:
      "the next connection goes to the real server by the new method; the kernel keeps the old method's route and looks for the virtual address behind it",
    see: "docs/tandem-and-ipvs.md",
    about: (at) => at.director.hasChangedMethod && isFrames(at) && isDifferent(at),
    holds: ({ frames }) =>
      !frames!.wanted.some((f) => f.side === "server" && isIp(f)) &&
      isOne(frames!.got, (f) => f.side === "server"),
  },
  {
    name: "UDP checksum 0 stays 0",
    because:
      "a checksum that the sender left out is not made up on the way, which would vouch for bytes that nobody has checked",
    see: "docs/packet-path.md",
    about: (at) =>
      isAboutPacket(at, isUdpWithoutChecksum) && (at.frames?.wanted.some(isUdpWithChecksum) ?? false),
    holds: ({ frames, got }) =>
      isEqual(
        frames!.wanted.map((f) => comparable(withoutUdpChecksum(f))),
        got,
      ),
  },
  {
    name: "a broken IPv4 header of a known flow stays broken",
    because: "its checksum is patched, not verified: the next hop drops the packet",
    see: "docs/packet-path.md",
    about: (at) => isFrames(at) && isAboutPacket(at, hasBrokenHeader) && isOfConnection(at),
    holds: ({ frames }) => isOne(frames?.got, (f) => hasBrokenHeader(f.packet)),
  },
];

const isFrames = ({ what, packet }: Compared): boolean => what === "frames" && packet !== undefined;
const isEqual = (a: readonly string[], b: readonly string[]): boolean => a.join("\n") === b.join("\n");
const isDifferent = ({ wanted, got }: Compared): boolean => !isEqual(wanted, got);
const isAboutPacket = ({ packet }: Compared, is: (bytes: Uint8Array) => boolean): boolean =>
  packet !== undefined && is(packet.bytes);
const isOne = (frames: readonly Frame[] | undefined, is: (f: Frame) => boolean): boolean =>
  frames?.length === 1 && is(frames[0]!);

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
