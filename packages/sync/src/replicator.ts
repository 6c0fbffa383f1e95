/** The shell of replication: runs the step function over real timers, keys, a transport and the connection table. */
import { randomBytes } from "node:crypto";
import type { ReplicaAnswer } from "@tandem/model";
import type { FollowEvent, FollowState } from "./step/follow.ts";
import type { Limits } from "./step/limits.ts";
import { type ReplicationStatus, statusOf } from "./step/status.ts";
import { step } from "./step/step.ts";
import { createSyncState, type SyncEffect, type SyncEvent } from "./step/sync-state.ts";
import type { ReplicaTable } from "./step/table.ts";
import { tickDueMs } from "./step/timers.ts";
import { allStreams, peerSubject } from "./transport/subjects.ts";
import type { Transport } from "./transport/transport.ts";
import { EPOCH_BYTES } from "./wire/header.ts";
import type { Seal } from "./wire/seal.ts";

/** What a replicator is built from. */
export interface ReplicatorOptions {
  /** Names of cluster and node: `isNodeName`. */
  readonly cluster: string;
  readonly node: string;
  readonly seal: Seal;
  readonly transport: Transport;
  readonly table: ReplicaTable;
  /** The connection table was adopted from before the restart. */
  readonly isTableKept: boolean;
  /** Called on every change of readiness: VRRP priority hangs on it. */
  readonly onReadiness?: (isReady: boolean) => void;
  readonly onFollow?: (change: {
    peer: string;
    from: FollowState;
    to: FollowState;
    event: FollowEvent;
  }) => void;
  /** Time from the owner's flush to the confirmation of our table, per delta. */
  readonly onLag?: (peer: string, lagMs: number) => void;
  readonly limits?: Partial<Limits>;
}

/** A node that replicates. Its methods never throw, but for an offer that is too large. */
export interface Replicator {
  /** Publish encoded records of connections that this node owns; at most `MAX_OFFER_BYTES`. The bytes must not change afterwards. */
  offer(records: Uint8Array, count: number): void;
  /** The table's answers, in order with what is offered. */
  answer(answer: ReplicaAnswer): void;
  /** Revision in force here, and what the node says of itself to others (at most `MAX_PRESENCE_BYTES`). */
  describe(revision: number, presence: Uint8Array): void;
  /** Know a peer no more until it is heard again. One that is not lost stays. */
  forget(peer: string): void;
  /** True once every follower has applied what was offered up to now; false if there is none, or at the timeout. */
  flush(timeoutMs?: number): Promise<boolean>;
  status(): ReplicationStatus;
  /** End timers and subscriptions. The transport stays open. */
  close(): void;
}

/** What a switchover waits for its peers (DESIGN: 2 s). */
const FLUSH_TIMEOUT_MS = 2000;

/** Start replicating. The first hello goes out at once if the transport is connected. */
export function createReplicator(options: ReplicatorOptions): Replicator {
  const { transport, table } = options;
  const epoch = randomBytes(EPOCH_BYTES).toString("hex");
  const state = createSyncState({ ...options, epoch }, performance.now());
  const flushes = new Map<number, (isAcknowledged: boolean) => void>();
  let timer: NodeJS.Timeout | undefined;
  let timerMs = Number.POSITIVE_INFINITY;
  let isClosed = false;
  const inbox: SyncEvent[] = [];
  let lastFlush = 0;

  const perform: { readonly [T in SyncEffect["type"]]: (effect: Extract<SyncEffect, { type: T }>) => void } =
    {
      publish: ({ subject, frame }) => transport.publish(subject, frame),
      table: ({ call }) => table.send(call),
      followed: (change) => options.onFollow?.(change),
      lag: ({ peer, lagMs }) => options.onLag?.(peer, lagMs),
      readiness: ({ isReady }) => options.onReadiness?.(isReady),
      flushed({ id, isAcknowledged }) {
        flushes.get(id)?.(isAcknowledged);
        flushes.delete(id);
      },
    };
  /** A table or transport may answer before its call returns: events are taken one by one, in order. */
  const handle = (event: SyncEvent): void => {
    if (isClosed || inbox.push(event) > 1) return;
    for (let next = inbox[0]; next !== undefined; inbox.shift(), next = inbox[0]) {
      for (const effect of step(state, next, performance.now(), randomBytes)) {
        (perform[effect.type] as (effect: SyncEffect) => void)(effect);
      }
    }
    arm();
  };
  const arm = (): void => {
    const dueMs = tickDueMs(state);
    if (dueMs >= timerMs) return;
    clearTimeout(timer);
    timerMs = dueMs;
    timer = setTimeout(onTimer, Math.max(0, dueMs - performance.now()));
  };
  const onTimer = (): void => {
    timerMs = Number.POSITIVE_INFINITY;
    handle({ type: "tick" });
  };

  const receive = (frame: Uint8Array): void => handle({ type: "received", frame });
  const endings = [
    transport.subscribe(allStreams(state.cluster), receive),
    transport.subscribe(peerSubject(state.cluster, state.node), receive),
    transport.watch((isConnected) => handle({ type: isConnected ? "connected" : "disconnected" })),
  ];
  handle({ type: transport.isConnected() ? "connected" : "disconnected" });

  return {
    offer: (records, count) => handle({ type: "offered", records, count }),
    answer: handle,
    describe: (revision, presence) => handle({ type: "described", revision, presence }),
    forget: (peer) => handle({ type: "forget", peer }),
    flush: (timeoutMs = FLUSH_TIMEOUT_MS) =>
      new Promise((resolve) => {
        const id = ++lastFlush;
        if (isClosed) resolve(false);
        else flushes.set(id, resolve);
        handle({ type: "flush", id, deadlineMs: performance.now() + timeoutMs });
      }),
    status: () => statusOf(state, performance.now()),
    close() {
      isClosed = true;
      clearTimeout(timer);
      for (const end of endings) end();
      for (const resolve of flushes.values()) resolve(false);
    },
  };
}
