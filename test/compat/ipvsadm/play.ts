/** Sends what connections are made of, in order, and counts it. */
import { type Dish, type Portion, packetOf } from "./portions.ts";
import type { Counters } from "./sightings.ts";
import type { World } from "./world.ts";

interface Packet extends Portion {
  readonly bytes: Uint8Array;
}

/** Packets that are worth waiting for one by one. */
const FEW = 16;

/** Send one connection's portions. With `isLasting` it is one to the director, too: many packets at its end need no wait. @returns what was sent */
export async function play(
  { connection }: Dish,
  portions: readonly Portion[],
  { world, isLasting }: { readonly world: World; readonly isLasting: boolean },
): Promise<Counters> {
  const packets = packetsOf(connection, portions);
  const run = isLasting ? endingRun(packets) : packets.length;
  for (const { from, bytes } of packets.slice(0, run)) await world.send(from, bytes);
  const poured = packets.slice(run);
  if (poured[0])
    await world.pour(
      poured[0].from,
      poured.map(({ bytes }) => bytes),
    );
  return countsOf(packets);
}

/** Portions that are alike become one packet, sent more than once. */
function packetsOf(connection: Dish["connection"], portions: readonly Portion[]): Packet[] {
  const made = new Map<string, Uint8Array>();
  return portions.map((portion) => {
    const key = `${portion.from} ${portion.what} ${portion.extraBytes}`;
    const bytes = made.get(key) ?? packetOf(connection, portion);
    made.set(key, bytes);
    return { ...portion, bytes };
  });
}

/** Where packets of one kind go on to the end, if they are many: behind the first two, which have made the flow known. */
function endingRun(packets: readonly Packet[]): number {
  const last = packets.at(-1);
  const isOther = (p: Packet) => p.from !== last?.from || p.what !== last.what;
  const from = Math.max(packets.findLastIndex(isOther) + 2, 2);
  return packets.length - from > FEW ? from : packets.length;
}

function countsOf(packets: readonly Packet[]): Counters {
  const [inside, outside] = [
    packets.filter((p) => p.from === "client"),
    packets.filter((p) => p.from === "server"),
  ];
  const bytesOf = (some: readonly Packet[]) => some.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return {
    connections: 0,
    inPackets: inside.length,
    outPackets: outside.length,
    inBytes: bytesOf(inside),
    outBytes: bytesOf(outside),
  };
}
