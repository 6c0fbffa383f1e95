/** Clusters of the engine's own forwarders in virtual time under random faults: nothing established is lost. */
import { expect, test } from "vitest";
import {
  createSimulatedCluster,
  NO_FAULTS,
  runThroughTrouble,
  type SimulatedCluster,
  type SimulatedNode,
} from "../../packages/sync/src/testing/index.ts";
import {
  clientOfTemplate,
  createForwarderTable,
  FIRST_PORT,
  type ForwarderTable,
} from "./forwarder-table.ts";

const SEEDS = Number(process.env.TANDEM_SEEDS ?? 10);
const FIRST_SEED = Number(process.env.TANDEM_SEED ?? 1);
const TROUBLE = { durationMs: 20_000, connections: 40, states: 1 };
const QUIET_MS = 25_000;

const contentsOf = (node: SimulatedNode) => (node.table as ForwarderTable).contents();
const tableOf = (node: SimulatedNode) =>
  [...contentsOf(node).values()]
    .map(({ text }) => text)
    .sort()
    .join("\n");

function runSeed(seed: number): void {
  const nodes = ["a", "b", "c"].slice(0, 2 + (seed % 2));
  const cluster = createSimulatedCluster({ seed, nodes, createTable: createForwarderTable });
  const { chance, time } = cluster;
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
  for (const node of cluster.nodes) node.setConnected(true);
  time.run(QUIET_MS);

  for (const node of cluster.nodes) {
    expect(node.status(), node.name).toMatchObject({ isSynced: true, isReady: true });
    const contents = node.table.contents();
    for (const [key, truth] of truths) {
      if (truth.isOrphan || truth.isEnded) continue;
      expect(contents.get(key), `connection ${key} at ${node.name}`).toMatchObject({
        owner: truth.owner.name,
      });
    }
    expect(tableOf(node), `${node.name} and ${cluster.nodes[0]!.name}`).toBe(tableOf(cluster.nodes[0]!));
  }
  expectClientsToStay(cluster);
}

/** Whichever director takes over, a client of a persistent service goes on to its destination. */
function expectClientsToStay({ nodes, time }: SimulatedCluster): void {
  for (const [i, node] of nodes.entries()) {
    for (const [key, template] of contentsOf(nodes[0]!)) {
      const client = clientOfTemplate(key);
      if (client === undefined) continue;
      const way = (node.table as ForwarderTable).connectAnew(client, FIRST_PORT + 1 + i);
      expect(way, `client ${client} at ${node.name}`).toBe(template.destination);
    }
    time.run(1000);
    for (const other of nodes) expect(tableOf(other), other.name).toBe(tableOf(nodes[0]!));
  }
}

for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
  test(`a cluster of forwarders under faults loses nothing (TANDEM_SEED=${seed})`, () => runSeed(seed));
}
