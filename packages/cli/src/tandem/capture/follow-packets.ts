/** A capture on the node at hand, from its beginning to its end. */
import type { CapturedPackets, CaptureFilter } from "@tandem/engine/client";
import type { World } from "../command.ts";
import { formatCount, formatPlural } from "../format.ts";

/**
 * Packets until there are enough, their time is over, or a signal ends it; tells people that it has begun when the first batch has found its place, and at the end how many there were.
 *
 * @param words what became of them: `captured`
 * @returns the first batch when the capture is on. Fails as `NodeApi.capture`
 */
export async function* followPackets(
  world: World,
  filter: CaptureFilter,
  words: string,
): AsyncGenerator<CapturedPackets> {
  const ending = new AbortController();
  void world.untilSignal().then(() => ending.abort());
  const node = await world.connect();
  let hasBegun = false;
  const total = { packets: 0, lost: 0 };
  try {
    for await (const batch of node.capture(filter, ending.signal)) {
      total.packets += batch.packets.length;
      total.lost += batch.lost;
      yield batch;
      if (!hasBegun) world.err.write("Capturing packets: Ctrl-C ends it\n");
      hasBegun = true;
    }
  } finally {
    ending.abort();
    node.close();
    if (hasBegun)
      world.err.write(`${formatPlural(total.packets, "packet")} ${words}, ${formatCount(total.lost)} lost\n`);
  }
}
