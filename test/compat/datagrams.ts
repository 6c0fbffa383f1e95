/** Datagrams in fragments, by themselves or in IPIP tunnels: what a receiver makes of them. */
import { readNetwork16, writeNetwork16 } from "../../packages/engine/src/packet/words.ts";
import type { Frame } from "./frames.ts";

/** Where a family's fragments say what they are: IPv4 in the header, IPv6 in one of its own, which is read right behind the first only. */
interface FragmentFormat {
  /** Bytes before the fragment's payload. */
  readonly headerBytes: number;
  readonly offset: number;
  readonly isFragment: boolean;
  /** What all fragments of a datagram have in common. */
  readonly key: Uint8Array;
}

const FRAGMENT_HEADER = 44;
const PROTOCOLS_OF_TUNNELS: ReadonlySet<number> = new Set([4, 41]);

function formatOf(packet: Uint8Array): FragmentFormat {
  if (packet[0]! >>> 4 === 4) {
    const word = readNetwork16(packet, 6);
    return {
      headerBytes: (packet[0]! & 15) * 4,
      offset: (word & 0x1fff) * 8,
      isFragment: (word & 0x3fff) !== 0,
      key: Buffer.concat([packet.subarray(4, 6), packet.subarray(9, 10), packet.subarray(12, 20)]),
    };
  }
  const isFragment = packet[6] === FRAGMENT_HEADER;
  return {
    headerBytes: isFragment ? 48 : 40,
    offset: isFragment ? readNetwork16(packet, 42) & 0xfff8 : 0,
    isFragment,
    key: Buffer.concat([packet.subarray(44, 48), packet.subarray(8, 40)]),
  };
}

/** Whether a packet is a fragment. */
export const isFragment = (packet: Uint8Array): boolean => formatOf(packet).isFragment;

/** What fragments of one datagram have in common, as text. */
export const datagramKey = (packet: Uint8Array): string => Buffer.from(formatOf(packet).key).toString("hex");

/** What the receivers of frames end up with: whole datagrams without their tunnel, each after its MAC address, sorted. */
export function receivedBy(frames: readonly Frame[]): string[] {
  return [...Map.groupBy(frames, (f) => f.mac)]
    .flatMap(([mac, own]) => received(own.map((f) => f.packet)).map((p) => `${mac} ${hexOf(p)}`))
    .toSorted();
}

const hexOf = (packet: Uint8Array): string => Buffer.from(packet).toString("hex");

/** Put together, unwrap, and put together what comes out. */
function received(packets: readonly Uint8Array[]): Uint8Array[] {
  const whole = reassemble(packets);
  if (!whole.some(isWrapped)) return whole.map(withoutChecksum);
  return received(whole.map((p) => (isWrapped(p) ? p.subarray(formatOf(p).headerBytes) : p)));
}

const isWrapped = (packet: Uint8Array): boolean =>
  PROTOCOLS_OF_TUNNELS.has(packet[packet[0]! >>> 4 === 4 ? 9 : 6]!);

function reassemble(packets: readonly Uint8Array[]): Uint8Array[] {
  const groups = Map.groupBy(packets, (p) => (isFragment(p) ? datagramKey(p) : undefined));
  const alone = groups.get(undefined) ?? [];
  groups.delete(undefined);
  return [...alone, ...[...groups.values()].map(join)];
}

/** One datagram of its fragments. Its header is the first one's, with the length of all. */
function join(fragments: readonly Uint8Array[]): Uint8Array {
  const ordered = fragments.toSorted((a, b) => formatOf(a).offset - formatOf(b).offset);
  const [first] = ordered as [Uint8Array];
  const isV4 = first[0]! >>> 4 === 4;
  const header = first.slice(0, isV4 ? formatOf(first).headerBytes : 40);
  if (!isV4) header[6] = first[40]!;
  const whole = Buffer.concat([header, ...ordered.map((p) => p.subarray(formatOf(p).headerBytes))]);
  writeNetwork16(whole, isV4 ? 2 : 4, isV4 ? whole.length : whole.length - 40);
  if (isV4) writeNetwork16(whole, 6, 0);
  return whole;
}

/** Of the header alone: it is another one for each way of cutting. */
function withoutChecksum(packet: Uint8Array): Uint8Array {
  const copy = packet.slice();
  if (copy[0]! >>> 4 === 4) writeNetwork16(copy, 10, 0);
  return copy;
}
