/** A cluster of step functions in virtual time: nodes, a bus with faults, restarts, partitions. All chance comes from one seed. */
import type { ReplicaCall } from "@tandem/model";
import type { Limits } from "../step/limits.ts";
import { type ReplicationStatus, statusOf } from "../step/status.ts";
import { step } from "../step/step.ts";
import { createSyncState, type SyncEffect, type SyncEvent, type SyncState } from "../step/sync-state.ts";

import { tickDueMs } from "../step/timers.ts";
import { createMemoryBus, type MemoryTransport } from "../transport/memory.ts";
import { allStreams, peerSubject } from "../transport/subjects.ts";
import { type Chance, createChance } from "./chance.ts";
import { plainSeal } from "./plain-seal.ts";
import { createTableModel, type SimulatedTable, type TableSurroundings } from "./table-model.ts";
import { createVirtualTime, type VirtualTime } from "./virtual-time.ts";
import { createWire, type Faults } from "./wire.ts";

export interface SimulatedClusterOptions {
  readonly seed: number;
  readonly nodes: readonly string[];
  readonly limits?: Partial<Limits>;
  /** The table under test; the model's by default. */
  readonly createTable?: (around: TableSurroundings) => SimulatedTable;
}

export interface SimulatedNode {
  readonly name: string;
  readonly table: SimulatedTable;
  readonly effects: SyncEffect[];
  isUp(): boolean;
  status(): ReplicationStatus;
  /** Stop at once. Packets that it is shown meanwhile are lost. */
  stop(): void;
  /** Come back with a new epoch, and with the table of before or an empty one. */
  start(options: { isTableKept: boolean }): void;
  setConnected(isConnected: boolean): void;
  /** @returns whether followers acknowledged, once known */
  flush(timeoutMs: number): { answer: boolean | undefined };
}

export interface SimulatedCluster {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly nodes: readonly SimulatedNode[];
  setFaults(faults: Faults): void;
  /** Messages pass only between nodes of one group; no groups: between all. */
  partition(groups: readonly (readonly string[])[]): void;
}

/** Time between table and sync, one way: two threads. */
const THREAD_MS = 0.3;
const TABLE_TICK_MS = 1000;

/** Start all nodes at virtual time 0. */
export function createSimulatedCluster(options: SimulatedClusterOptions): SimulatedCluster {
  const time = createVirtualTime();
  const chance = createChance(options.seed);
  const wire = createWire(time, chance);
  const bus = createMemoryBus(wire.carry);
  const nodes = options.nodes.map((name) => {
    const node = createSimulatedNode({
      name,
      time,
      chance,
      connect: () => bus.connect(name),
      createState: (isTableKept, nowMs) => {
        const epoch = chance.bytes(16).toHex();
        const { limits = {} } = options;
        return createSyncState(
          { cluster: "sim", node: name, epoch, seal: plainSeal, isTableKept, limits },
          nowMs,
        );
      },
      createTable: options.createTable ?? createTableModel,
    });
    node.start({ isTableKept: false });
    return node;
  });
  return { time, chance, nodes, setFaults: wire.setFaults, partition: wire.partition };
}

interface NodeParts {
  readonly name: string;
  readonly time: VirtualTime;
  readonly chance: Chance;
  connect(): MemoryTransport;
  createState(isTableKept: boolean, nowMs: number): SyncState;
  createTable(around: TableSurroundings): SimulatedTable;
}

function createSimulatedNode(parts: NodeParts): SimulatedNode {
  const { name, time, chance } = parts;
  const clockMs = chance.below(1_000_000); // no two nodes' clocks agree
  const nowMs = (): number => time.nowMs() + clockMs;
  const effects: SyncEffect[] = [];
  const flushes: { answer: boolean | undefined }[] = [];
  let transport: MemoryTransport;
  let state: SyncState;
  let life = 0; // odd while it is up
  let tickMs = Number.POSITIVE_INFINITY;

  const handle = (event: SyncEvent): void => {
    for (const effect of step(state, event, nowMs(), (n) => chance.bytes(n))) perform(effect);
    const dueMs = tickDueMs(state);
    if (dueMs >= tickMs) return;
    tickMs = dueMs;
    later(Math.max(0, dueMs - nowMs()), () => tick(dueMs));
  };
  const tick = (dueMs: number): void => {
    if (dueMs !== tickMs) return; // an earlier one was armed meanwhile
    tickMs = Number.POSITIVE_INFINITY;
    handle({ type: "tick" });
  };
  const perform = (effect: SyncEffect): void => {
    if (effect.type === "publish") transport.publish(effect.subject, effect.frame);
    else if (effect.type === "table") toTable(effect.call);
    else effects.push(effect);
    if (effect.type === "flushed") flushes[effect.id]!.answer = effect.isAcknowledged;
  };
  /** Only if the node still lives the same life by then. */
  const later = (delayMs: number, act: () => void): void => {
    const mine = life;
    time.after(delayMs, () => mine === life && act());
  };
  const toTable = (call: ReplicaCall): void => later(THREAD_MS, () => table.send(call));
  const newTable = (): SimulatedTable =>
    parts.createTable({
      node: name,
      nowMs,
      offer: (records, count) => later(THREAD_MS, () => handle({ type: "offered", records, count })),
      answer: (answer) => later(THREAD_MS, () => handle(answer)),
    });
  let table = newTable();
  const tickTable = (): void => {
    table.tick();
    later(TABLE_TICK_MS, tickTable);
  };

  return {
    name,
    effects,
    get table() {
      return table;
    },
    isUp: () => life % 2 === 1,
    status: () => statusOf(state, nowMs()),
    stop() {
      life++;
      void transport.close();
    },
    start({ isTableKept }) {
      life++;
      tickMs = Number.POSITIVE_INFINITY;
      if (isTableKept) table.restart();
      else table = newTable();
      state = parts.createState(isTableKept, nowMs());
      transport = parts.connect();
      const mine = life;
      const receive = (frame: Uint8Array): void => {
        if (mine === life) handle({ type: "received", frame });
      };
      transport.subscribe(allStreams(state.cluster), receive);
      transport.subscribe(peerSubject(state.cluster, name), receive);
      transport.watch(
        (isConnected) => mine === life && handle({ type: isConnected ? "connected" : "disconnected" }),
      );
      handle({ type: "connected" });
      tickTable();
    },
    setConnected: (isConnected) => transport.setConnected(isConnected),
    flush(timeoutMs) {
      const flush = { answer: undefined };
      const id = flushes.push(flush) - 1;
      handle({ type: "flush", id, deadlineMs: nowMs() + timeoutMs });
      return flush;
    },
  };
}
