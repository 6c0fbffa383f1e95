/** What routing says about the ways to tunnels' ends, asked without keeping others waiting: this thread also beats for VRRP. */
import { setImmediate as breathe } from "node:timers/promises";
import type { PathMtus } from "@tandem/engine";
import { parseAddress } from "@tandem/model";
import type { MtuOf, TunnelWay } from "./tunnel-room.ts";

/** Questions in a row: about 5 ms. */
const IN_A_ROW = 256;

/** Ask for each address once. Never rejects. */
export async function measureWays(
  ways: readonly Pick<TunnelWay, "address">[],
  paths: Pick<PathMtus, "ask">,
): Promise<MtuOf> {
  const mtus = new Map<string, number | undefined>();
  for (const address of new Set(ways.map((way) => way.address))) {
    mtus.set(address, paths.ask(parseAddress(address)!));
    if (mtus.size % IN_A_ROW === 0) await breathe();
  }
  return (address) => mtus.get(address);
}
