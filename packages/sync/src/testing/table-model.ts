/** The connection table of a director in its simplest honest form: what `ReplicaTable` promises, in a Map. */
import {
  type ConnectionRecord,
  createConnectionRecord,
  decodeConnection,
  encodeConnection,
  MAX_RECORD_BYTES,
  type ReplicaAnswer,
  type ReplicaCall,
} from "@tandem/model";
import type { ReplicaTable } from "../step/table.ts";

/** What the simulated cluster needs of a table: replication's port, and packets. */
export interface SimulatedTable extends ReplicaTable {
  /** A packet of connection `key` (0..2^32-1) passes this node; `state` (1..15) is that of its protocol afterwards. */
  seePacket(key: number, state: number): void;
  /** The connection ends on this node. */
  end(key: number): void;
  /** A new daemon runs over this table: peers whose streams are live will be named again. */
  restart(): void;
  /** Timers: refresh, expire. */
  tick(): void;
  contents(): ReadonlyMap<number, { readonly owner: string; readonly state: number }>;
}

/** What a table gets from its node. */
export interface TableSurroundings {
  readonly node: string;
  /** Monotonic, and another clock on every node. */
  nowMs(): number;
  offer(records: Uint8Array, count: number): void;
  answer(answer: ReplicaAnswer): void;
}

/** Connections expire after this long without a packet, on the owner and, while its stream is live, on its followers. */
export const MODEL_TIMEOUT_MS = 60_000;
const REFRESH_MS = MODEL_TIMEOUT_MS / 3;
const BUCKETS = 16;
const TICK_MS = 2 ** 20 / 1e6; // of a record's age

interface Entry {
  readonly key: number;
  owner: string;
  state: number;
  seenMs: number;
  offeredMs: number;
  suspect: boolean;
}

/** A table without connections. */
export function createTableModel(around: TableSurroundings): SimulatedTable {
  const entries = new Map<number, Entry>();
  const livePeers = new Set<string>();
  const record = createConnectionRecord();

  const offer = (entry: Entry, ended = false): void => {
    entry.offeredMs = around.nowMs();
    around.offer(encodeEntry(entry, around.nowMs(), ended), 1);
  };
  const own = (entry: Entry): void => {
    entry.owner = around.node;
    entry.suspect = false;
    offer(entry);
  };
  const end = (key: number): void => {
    const entry = entries.get(key);
    if (!entry) return;
    entries.delete(key);
    offer(entry, true);
  };
  const ofPeer = (peer: string, buckets: readonly number[]): Entry[] =>
    [...entries.values()].filter(
      (e) => e.owner === peer && (buckets.length === 0 || buckets.includes(e.key % BUCKETS)),
    );

  /** The record in `record` came from `peer`, which saw the last packet at `seenMs` of our clock. */
  const merge = (peer: string, seenMs: number): void => {
    const key = keyOf(record);
    const known = entries.get(key);
    const isTheirs = !known || known.owner === peer || isLater(seenMs, peer, known);
    if (!isTheirs) return;
    if (record.ended) entries.delete(key);
    else entries.set(key, { key, owner: peer, state: record.state, seenMs, offeredMs: 0, suspect: false });
  };

  const calls: { readonly [T in ReplicaCall["type"]]: (call: Extract<ReplicaCall, { type: T }>) => void } = {
    apply({ peer, token, records, count, delayMs }) {
      let at = 0;
      for (let i = 0; i < count; i++) {
        at = decodeConnection(records, at, record);
        if (at < 0) throw new Error("invariant: no record");
        merge(peer, around.nowMs() - delayMs - record.ageTicks * TICK_MS);
      }
      if (at !== records.length) throw new Error("invariant: bytes are left");
      around.answer({ type: "applied", token });
    },
    beginReload({ peer, buckets }) {
      for (const entry of ofPeer(peer, [])) entry.suspect = false;
      for (const entry of ofPeer(peer, buckets)) entry.suspect = true;
    },
    endReload({ peer, unmentioned, handicapMs }) {
      for (const entry of ofPeer(peer, [])) {
        if (!entry.suspect) continue;
        entry.seenMs -= handicapMs;
        if (unmentioned === "adopt") own(entry);
        else entries.delete(entry.key);
      }
    },
    readOwned({ request, bucket, cursor, maxBytes }) {
      const rest = ofPeer(around.node, bucket === null ? [] : [bucket])
        .filter((e) => e.key > (cursor ?? -1))
        .sort((a, b) => a.key - b.key);
      const taken = rest.slice(0, Math.max(1, Math.floor(maxBytes / MAX_RECORD_BYTES)));
      const next = taken.length < rest.length ? taken.at(-1)!.key : null;
      const records = concat(taken.map((e) => encodeEntry(e, around.nowMs(), false)));
      around.answer({ type: "owned", request, records, count: taken.length, next });
    },
    digestOwned: ({ request }) => calls.digestOf({ type: "digestOf", request, peer: around.node }),
    digestOf({ request, peer }) {
      const buckets = new Uint32Array(BUCKETS);
      for (const e of ofPeer(peer, []))
        buckets[e.key % BUCKETS]! ^= Math.imul(e.key * 16 + e.state, 0x9e3779b1);
      around.answer({ type: "digest", request, buckets });
    },
    setPeerLive({ peer, live }) {
      if (live) livePeers.add(peer);
      else livePeers.delete(peer);
    },
  };

  return {
    send: (call) => (calls[call.type] as (call: ReplicaCall) => void)(call),
    contents: () => entries,
    seePacket(key, state) {
      const known = entries.get(key);
      const isNews = known?.owner !== around.node || known.state !== state;
      const entry = known ?? { key, owner: around.node, state, seenMs: 0, offeredMs: 0, suspect: false };
      Object.assign(entry, { state, seenMs: around.nowMs() });
      entries.set(key, entry);
      if (isNews) own(entry);
    },
    end,
    restart: () => livePeers.clear(),
    tick() {
      const nowMs = around.nowMs();
      for (const e of [...entries.values()]) {
        const isOurs = e.owner === around.node;
        if (nowMs - e.seenMs > MODEL_TIMEOUT_MS) {
          if (isOurs) end(e.key);
          else if (livePeers.has(e.owner)) entries.delete(e.key);
        } else if (isOurs && e.seenMs > e.offeredMs && nowMs - e.offeredMs >= REFRESH_MS) offer(e);
      }
    },
  };
}

/** Later activity wins; of two at the same moment the lower name. */
function isLater(seenMs: number, peer: string, known: Entry): boolean {
  return seenMs > known.seenMs || (seenMs === known.seenMs && peer < known.owner);
}

function encodeEntry(entry: Entry, nowMs: number, ended: boolean): Uint8Array {
  const record = createConnectionRecord();
  new DataView(record.client.buffer).setUint32(0, entry.key);
  record.clientPort = 1024 + (entry.key % 60_000);
  Object.assign(record, { ended, state: entry.state, serviceId: 1, destinationId: 1 + (entry.key % 300) });
  record.ageTicks = Math.ceil((nowMs - entry.seenMs) / TICK_MS);
  const out = new Uint8Array(MAX_RECORD_BYTES);
  return out.slice(0, encodeConnection(out, 0, record));
}

const keyOf = (r: ConnectionRecord): number => new DataView(r.client.buffer).getUint32(0);

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
