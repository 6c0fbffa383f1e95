/** A replicator in real time over any transport, with the table model. */
import { createAesGcmSeal } from "../aes-gcm-seal.ts";
import { createReplicator, type Replicator } from "../replicator.ts";
import type { Transport } from "../transport/transport.ts";
import { createTableModel, type SimulatedTable } from "./table-model.ts";

/** A running node. */
export interface RealNode {
  readonly table: SimulatedTable;
  readonly replicator: Replicator;
  readonly lagsMs: number[];
  readonly readiness: boolean[];
}

/** Start a node of the cluster `test`. All nodes have the same key. */
export function startRealNode(name: string, transport: Transport): RealNode {
  const lagsMs: number[] = [];
  const readiness: boolean[] = [];
  const table = createTableModel({
    node: name,
    nowMs: () => performance.now(),
    offer: (records, count) => replicator.offer(records, count),
    answer: (answer) => replicator.answer(answer),
  });
  const replicator = createReplicator({
    cluster: "test",
    node: name,
    seal: createAesGcmSeal(new Map([[1, new Uint8Array(32).fill(1)]]), 1),
    transport,
    table,
    isTableKept: false,
    onLag: (_peer, lagMs) => lagsMs.push(lagMs),
    onReadiness: (isReady) => readiness.push(isReady),
  });
  return { table, replicator, lagsMs, readiness };
}
