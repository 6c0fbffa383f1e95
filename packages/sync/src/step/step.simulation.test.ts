/** Whole clusters in virtual time under random faults: afterwards all tables agree and nothing established is lost. */
import { expect, test } from "vitest";
import {
  createSimulatedCluster,
  NO_FAULTS,
  runThroughTrouble,
  type SimulatedNode,
} from "../testing/index.ts";

const SEEDS = Number(process.env.TANDEM_SEEDS ?? 50);
const FIRST_SEED = Number(process.env.TANDEM_SEED ?? 1);
const TROUBLE = { durationMs: 20_000, connections: 40, states: 15 };
/** Two comparisons: what one node has to forget before it can learn it from another takes both. */
const QUIET_MS = 25_000;
/** Room for everything; too little for replays; too little for anything but small snapshots. */
const TIGHTNESS = [
  {},
  { replayBytes: 3000, chunkBytes: 600 },
  { heldBytes: 2000, chunkBytes: 300, window: 2 },
] as const;

const tableOf = (node: SimulatedNode) =>
  [...node.table.contents().entries()]
    .map(([key, { owner, state }]) => `${key} ${owner} ${state}`)
    .sort()
    .join("\n");

function runSeed(seed: number): void {
  const names = ["a", "b", "c"].slice(0, 2 + (seed % 2));
  const limits = TIGHTNESS[seed % TIGHTNESS.length]!;
  const cluster = createSimulatedCluster({ seed, nodes: names, limits });
  const { chance, time, nodes } = cluster;
  cluster.setFaults({
    loss: chance.number() * 0.1,
    duplication: chance.number() * 0.05,
    reordering: chance.number() * 0.05,
    delayMs: 1 + chance.number() * 20,
  });
  time.run(1000);
  const truths = runThroughTrouble(cluster, TROUBLE);
  cluster.setFaults(NO_FAULTS);
  cluster.partition([]);
  for (const node of nodes) node.setConnected(true);
  time.run(QUIET_MS);

  for (const node of nodes) {
    expect(tableOf(node), `tables of ${node.name} and ${nodes[0]!.name}`).toBe(tableOf(nodes[0]!));
    expect(node.status(), node.name).toMatchObject({ isSynced: true, isReady: true, isAlone: false });
  }
  for (const [key, truth] of truths) {
    // what ended is not asked for: a node that saw it before and had to load a snapshot never hears of its end, and lets it expire
    if (truth.isOrphan || truth.isEnded) continue;
    const found = nodes[0]!.table.contents().get(key);
    expect(found, `connection ${key}`).toMatchObject({ owner: truth.owner.name, state: truth.state });
  }
}

for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
  test(`a cluster under faults agrees afterwards (TANDEM_SEED=${seed})`, () => runSeed(seed));
}
