/** Whole clusters in virtual time under random faults: afterwards all tables agree and nothing established is lost. */
import { expect, test } from "vitest";
import {
  createSimulatedCluster,
  NO_FAULTS,
  type SimulatedCluster,
  type SimulatedNode,
} from "../testing/index.ts";

const SEEDS = Number(process.env.TANDEM_SEEDS ?? 50);
const FIRST_SEED = Number(process.env.TANDEM_SEED ?? 1);
const TROUBLE_MS = 20_000;
/** Two comparisons: what one node has to forget before it can learn it from another takes both. */
const QUIET_MS = 25_000;
const CONNECTIONS = 40;
/** Two nodes see packets of one connection at least this far apart: closer, and either may be right about which was later. */
const HANDOVER_MS = 250;

/** Room for everything; too little for replays; too little for anything but small snapshots. */
const TIGHTNESS = [
  {},
  { replayBytes: 3000, chunkBytes: 600 },
  { heldBytes: 2000, chunkBytes: 300, window: 2 },
];

/** What really happened to a connection. */
interface Truth {
  owner: SimulatedNode;
  state: number;
  atMs: number;
  isEnded: boolean;
  /** Its owner lost its table since. */
  isOrphan: boolean;
}

function connectionsUnderTrouble(cluster: SimulatedCluster): Map<number, Truth> {
  const { time, chance, nodes } = cluster;
  const truths = new Map<number, Truth>();
  const endMs = time.nowMs() + TROUBLE_MS;
  const isOver = () => time.nowMs() >= endMs;

  const traffic = (): void => {
    if (isOver()) return;
    packet(cluster, truths);
    time.after(chance.number() * 60, traffic);
  };
  const partition = (): void => {
    if (isOver()) return;
    const odd = chance.pick(nodes);
    cluster.partition([[odd.name], nodes.filter((n) => n !== odd).map((n) => n.name)]);
    time.after(chance.number() * 8000, () => cluster.partition([]));
    time.after(8000 + chance.number() * 8000, partition);
  };
  const disconnect = (): void => {
    if (isOver()) return;
    const node = chance.pick(nodes);
    if (node.isUp()) node.setConnected(false);
    time.after(chance.number() * 7000, () => node.isUp() && node.setConnected(true));
    time.after(7000 + chance.number() * 7000, disconnect);
  };
  const restart = (): void => {
    if (isOver()) return;
    const node = chance.pick(nodes);
    const isTableKept = chance.happens(0.5);
    node.stop();
    for (const t of truths.values()) if (t.owner === node && !isTableKept) t.isOrphan = true;
    time.after(chance.number() * 4000, () => node.start({ isTableKept }));
    time.after(4000 + chance.number() * 10_000, restart);
  };
  traffic();
  if (chance.happens(0.5)) time.after(chance.number() * 10_000, partition);
  if (chance.happens(0.5)) time.after(chance.number() * 10_000, disconnect);
  if (chance.happens(0.6)) time.after(chance.number() * 10_000, restart);
  return truths;
}

/** One packet of one connection at one node: the first, one that changes its state, or its last. */
function packet({ time, chance, nodes }: SimulatedCluster, truths: Map<number, Truth>): void {
  const key = chance.below(CONNECTIONS);
  const before = truths.get(key);
  const isTooClose = before !== undefined && time.nowMs() - before.atMs < HANDOVER_MS;
  const owner = isTooClose ? before.owner : chance.pick(nodes);
  if (!owner.isUp() || (isTooClose && before.isEnded)) return;
  const isEnded = before?.owner === owner && !before.isEnded && !before.isOrphan && chance.happens(0.1);
  const state = 1 + chance.below(15);
  if (isEnded) owner.table.end(key);
  else owner.table.seePacket(key, state);
  truths.set(key, { owner, state, atMs: time.nowMs(), isEnded, isOrphan: false });
}

const tableOf = (node: SimulatedNode) =>
  [...node.table.contents().entries()]
    .map(([key, { owner, state }]) => `${key} ${owner} ${state}`)
    .sort()
    .join("\n");

function runSeed(seed: number): void {
  const cluster = createSimulatedCluster({
    seed,
    nodes: ["a", "b", "c"].slice(0, 2 + (seed % 2)),
    limits: TIGHTNESS[seed % TIGHTNESS.length]!,
  });
  const { chance, time, nodes } = cluster;
  cluster.setFaults({
    loss: chance.number() * 0.1,
    duplication: chance.number() * 0.05,
    reordering: chance.number() * 0.05,
    delayMs: 1 + chance.number() * 20,
  });
  time.run(1000);
  const truths = connectionsUnderTrouble(cluster);
  time.run(TROUBLE_MS + 4000); // the last node is back
  cluster.setFaults(NO_FAULTS);
  cluster.partition([]);
  for (const node of nodes) node.setConnected(true);
  time.run(QUIET_MS);

  for (const node of nodes) {
    expect(tableOf(node), `tables of ${node.name} and ${nodes[0]!.name}`).toBe(tableOf(nodes[0]!));
    expect(node.status(), node.name).toMatchObject({ isSynced: true, isReady: true, isAlone: false });
  }
  for (const [key, truth] of truths) {
    const found = nodes[0]!.table.contents().get(key);
    // what ended is not asked for: a node that saw it before and had to load a snapshot never hears of its end, and lets it expire
    if (truth.isOrphan || truth.isEnded) continue;
    expect(found, `connection ${key}`).toMatchObject({ owner: truth.owner.name, state: truth.state });
  }
}

for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
  test(`a cluster under faults agrees afterwards (TANDEM_SEED=${seed})`, () => runSeed(seed));
}
