/** IPv4 datagrams in fragments, by themselves or in tunnels: what a receiver makes of them. */
import { readNetwork16, writeNetwork16 } from "../../packages/engine/src/packet/words.ts";
import type { Frame } from "./frames.ts";

const MORE = 0x2000;
const OFFSET = 0x1fff;
const IPIP = 4;

const fragmentWord = (packet: Uint8Array): number => readNetwork16(packet, 6) & (MORE | OFFSET);

/** Whether a packet is an IPv4 fragment. */
export const isFragment = (packet: Uint8Array): boolean =>
  packet[0]! >>> 4 === 4 && fragmentWord(packet) !== 0;

/** What fragments of one datagram have in common. */
export const datagramKey = (packet: Uint8Array): string =>
  Buffer.concat([packet.subarray(4, 6), packet.subarray(9, 10), packet.subarray(12, 20)]).toString("hex");

/** What the receivers of frames end up with: whole datagrams without their tunnel, each after its MAC address, sorted. */
export function receivedBy(frames: readonly Frame[]): string[] {
  return [...Map.groupBy(frames, (f) => f.mac)]
    .flatMap(([mac, own]) =>
      received(own.map((f) => f.packet)).map((p) => `${mac} ${Buffer.from(p).toString("hex")}`),
    )
    .toSorted();
}

/** Put together, unwrap, and put together what comes out. */
function received(packets: readonly Uint8Array[]): Uint8Array[] {
  const whole = reassemble(packets);
  const isWrapped = (p: Uint8Array) => p[0]! >>> 4 === 4 && p[9] === IPIP;
  if (!whole.some(isWrapped)) return whole.map(withoutChecksum);
  return received(whole.map((p) => (isWrapped(p) ? p.subarray((p[0]! & 15) * 4) : p)));
}

function reassemble(packets: readonly Uint8Array[]): Uint8Array[] {
  const groups = Map.groupBy(packets, (p) => (isFragment(p) ? datagramKey(p) : undefined));
  const alone = groups.get(undefined) ?? [];
  groups.delete(undefined);
  return [...alone, ...[...groups.values()].map(join)];
}

/** One datagram of its fragments. Its header is the first one's, with the length of all. */
function join(fragments: readonly Uint8Array[]): Uint8Array {
  const offset = (p: Uint8Array) => (fragmentWord(p) & OFFSET) * 8;
  const ordered = fragments.toSorted((a, b) => offset(a) - offset(b));
  const header = ordered[0]!.slice(0, (ordered[0]![0]! & 15) * 4);
  const whole = Buffer.concat([header, ...ordered.map((p) => p.subarray((p[0]! & 15) * 4))]);
  writeNetwork16(whole, 2, whole.length);
  writeNetwork16(whole, 6, 0);
  return whole;
}

/** Of the header alone: it is another one for each way of cutting. */
function withoutChecksum(packet: Uint8Array): Uint8Array {
  const copy = packet.slice();
  if (copy[0]! >>> 4 === 4) writeNetwork16(copy, 10, 0);
  return copy;
}
