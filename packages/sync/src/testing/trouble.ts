/** Traffic, partitions, lost connections and restarts at random, and what really happened to each connection. */
import type { SimulatedCluster, SimulatedNode } from "./cluster.ts";

/** The truth about a connection, which no node knows. */
export interface Truth {
  /** The node that saw its last packet. */
  owner: SimulatedNode;
  state: number;
  atMs: number;
  isEnded: boolean;
  /** Its owner lost its table since. */
  isOrphan: boolean;
}

/** What kind of trouble, for how long. */
export interface TroubleOptions {
  readonly durationMs: number;
  /** Connections are numbered from 0; their states are 1..states. */
  readonly connections: number;
  readonly states: number;
}

/** Two nodes see packets of one connection at least this far apart: closer, and either may be right about which was later. */
const HANDOVER_MS = 250;
/** The last node that was stopped is back after this. */
const MOST_DOWN_MS = 4000;

/** Run a cluster through trouble until the last node is back; faults of the bus are the caller's. @returns the truth by connection */
export function runThroughTrouble(
  cluster: SimulatedCluster,
  options: TroubleOptions,
): ReadonlyMap<number, Truth> {
  const { time, chance, nodes } = cluster;
  const truths = new Map<number, Truth>();
  const endMs = time.nowMs() + options.durationMs;
  /** Again and again until the time is over, first after at most `firstMs`. */
  const repeat = (firstMs: number, act: () => number): void => {
    const again = (): void => {
      if (time.nowMs() < endMs) time.after(act(), again);
    };
    time.after(chance.number() * firstMs, again);
  };

  repeat(60, () => {
    packet(cluster, truths, options);
    return chance.number() * 60;
  });
  const partition = (): number => {
    const odd = chance.pick(nodes);
    cluster.partition([[odd.name], nodes.filter((n) => n !== odd).map((n) => n.name)]);
    time.after(chance.number() * 8000, () => cluster.partition([]));
    return 8000 + chance.number() * 8000;
  };
  const disconnect = (): number => {
    const node = chance.pick(nodes);
    if (node.isUp()) node.setConnected(false);
    time.after(chance.number() * 7000, () => node.isUp() && node.setConnected(true));
    return 7000 + chance.number() * 7000;
  };
  const restart = (): number => {
    const node = chance.pick(nodes);
    const isTableKept = chance.happens(0.5);
    node.stop();
    for (const truth of truths.values()) if (truth.owner === node && !isTableKept) truth.isOrphan = true;
    time.after(chance.number() * MOST_DOWN_MS, () => node.start({ isTableKept }));
    return MOST_DOWN_MS + chance.number() * 10_000;
  };
  for (const trouble of [partition, disconnect, restart]) if (chance.happens(0.5)) repeat(10_000, trouble);
  time.run(options.durationMs + MOST_DOWN_MS);
  return truths;
}

/** One packet of one connection at one node: the first, one that changes its state, or its last. */
function packet(cluster: SimulatedCluster, truths: Map<number, Truth>, options: TroubleOptions): void {
  const { time, chance, nodes } = cluster;
  const key = chance.below(options.connections);
  const before = truths.get(key);
  const isTooClose = before !== undefined && time.nowMs() - before.atMs < HANDOVER_MS;
  const owner = isTooClose ? before.owner : chance.pick(nodes);
  if (!owner.isUp() || (isTooClose && before.isEnded)) return;
  const isEnded = before?.owner === owner && !before.isEnded && !before.isOrphan && chance.happens(0.1);
  const state = 1 + chance.below(options.states);
  if (isEnded) owner.table.end(key);
  else owner.table.seePacket(key, state);
  truths.set(key, { owner, state, atMs: time.nowMs(), isEnded, isOrphan: false });
}
