/** Replication's side of the forwarder: peers by slot, calls carried out in slices, changes and answers handed on in order. */
import type { ReplicaAnswer, ReplicaCall } from "@tandem/model";
import type { Connections } from "./core/life/connections.ts";
import { type Digests, MINE } from "./core/peers/digest.ts";
import type { Publisher } from "./core/peers/publish.ts";
import { type ApplyOutcome, createReplica } from "./core/peers/replica.ts";
import { UNKNOWN_PEER } from "./core/record.ts";
import type { ServiceTable } from "./core/services/service-table.ts";
import type { ForwarderEvent } from "./forwarder-protocol.ts";

/** A slice of merging between two looks at the rings, in ticks of 2^20 ns: about a millisecond. */
const SLICE_TICKS = 1;
const TICKS_PER_MS = 1e6 / 2 ** 20;
const MAX_SLOT = 254;

const ticksOf = (ms: number): number => Math.ceil(ms * TICKS_PER_MS);

/** What comes from peers, merged between two looks at the rings, and what they are told. */
export interface Replication {
  /** Queue a call. */
  handle(call: ReplicaCall): void;
  /** Carry out calls for a slice of time, then hand on what changed. Returns whether calls are left. */
  turn(): boolean;
  /** Name of the peer in a slot; empty for this node, "?" for a peer that has not been heard of since the daemon started. */
  peerName(slot: number): string;
  /** Connections by name of the owner. */
  owners(): Map<string, number>;
  /** Peers' records by what became of them, since the start. */
  readonly outcomes: ReadonlyMap<ApplyOutcome, number>;
  /** Records that waited for a service may have found it. */
  servicesChanged(): void;
}

/** Over what replication works. */
export interface ReplicatedTables {
  readonly connections: Connections;
  readonly services: ServiceTable;
  readonly digests: Digests;
  /** Observes the connections. */
  readonly publisher: Publisher;
  /** Ticks of 2^20 ns: the data plane's clock. */
  now(): number;
}

/** Replication over the connections; buffers given to `emit` are given away. */
export function createReplication(
  { connections, services, digests, publisher, now }: ReplicatedTables,
  emit: (event: ForwarderEvent) => void,
): Replication {
  const { table } = connections;
  const replica = createReplica(connections, services, digests);
  const slots = new Map<string, number>();
  const names = [""];
  const queue: ReplicaCall[] = [];

  function slotOf(peer: string): number {
    const known = slots.get(peer);
    if (known !== undefined) return known;
    if (names.length > MAX_SLOT) throw new Error(`invariant: more than ${MAX_SLOT} peers`);
    const slot = names.push(peer) - 1;
    slots.set(peer, slot);
    return slot;
  }

  function handOn(): void {
    for (let batch = publisher.take(); batch; batch = publisher.take()) emit({ type: "records", ...batch });
  }

  /** Answers are younger than what was offered before them. */
  function answer(answer: ReplicaAnswer): void {
    handOn();
    emit({ type: "replica", answer });
  }

  const carryOut: { [T in ReplicaCall["type"]]: (call: Extract<ReplicaCall, { type: T }>) => void } = {
    apply({ peer, records, delayMs, token }) {
      replica.apply({ peer: slotOf(peer), records, delayTicks: ticksOf(delayMs) }, now());
      answer({ type: "applied", token });
    },
    beginReload: ({ peer, buckets }) => replica.beginReload(slotOf(peer), buckets),
    endReload({ peer, unmentioned, handicapMs }) {
      replica.endReload({ peer: slotOf(peer), unmentioned, handicapTicks: ticksOf(handicapMs) }, now());
    },
    readOwned({ request, bucket, cursor, maxBytes }) {
      const from = { cursor: cursor ?? 0, maxBytes, ...(bucket === null ? {} : { bucket }) };
      const { records, count, next } = publisher.readOwned(from, now());
      answer({ type: "owned", request, records, count, next });
    },
    digestOwned: ({ request }) => answer({ type: "digest", request, buckets: digests.digest(MINE) }),
    digestOf: ({ request, peer }) =>
      answer({ type: "digest", request, buckets: digests.digest(slotOf(peer)) }),
    setPeerLive: ({ peer, live }) => connections.setPeerLive(slotOf(peer), live),
  };

  return {
    handle: (call) => queue.push(call),
    turn() {
      const until = now() + SLICE_TICKS;
      let done = 0;
      while (done < queue.length && ((now() - until) | 0) <= 0) {
        const call = queue[done++]!;
        (carryOut[call.type] as (call: ReplicaCall) => void)(call);
      }
      queue.splice(0, done);
      handOn();
      return queue.length > 0;
    },
    peerName: (slot) => (slot === UNKNOWN_PEER ? "?" : (names[slot] ?? "?")),
    owners() {
      const held = new Map([...slots].map(([peer, slot]) => [peer, digests.count(slot)]));
      const ofPeers = held.values().reduce((sum, count) => sum + count, 0);
      return held.set("", table.size - ofPeers);
    },
    outcomes: replica.outcomes,
    servicesChanged: () => replica.applyParked(now()),
  };
}
