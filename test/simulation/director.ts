/** One director: the engine's forwarder over the in-memory data plane, in virtual time. */
import { createMemoryDataPlane, type MemoryDataPlane } from "../../packages/engine/src/dataplane/memory.ts";
import { createForwarder, type Forwarder } from "../../packages/engine/src/forwarder.ts";
import type {
  Answer,
  Ask,
  ConnectionRow,
  ForwarderEvent,
  Question,
  QuestionName,
} from "../../packages/engine/src/forwarder-protocol.ts";
import type { ReplicaAnswer, ReplicaCall } from "../../packages/model/src/index.ts";
import type { TableSurroundings } from "../../packages/sync/src/testing/index.ts";

const TICKS_PER_MS = 1e6 / 2 ** 20;
/** No request of replication has this number. */
const OWN_REQUEST = -1;

/** A running director. */
export interface SimulatedDirector {
  readonly dataplane: MemoryDataPlane;
  /** A word of replication. */
  send(call: ReplicaCall): void;
  ask<Q extends QuestionName>(name: Q, ask: Ask<Q>): Answer<Q>;
  /** Let a packet arrive, and have it dealt with. Returns what left by the wire meanwhile. */
  receive(packet: Uint8Array, mark?: number): Uint8Array[];
  turn(): void;
  /** A new daemon comes, over the memory of the one before. */
  restart(): void;
  /** All connections and templates. */
  rows(): ConnectionRow[];
  /** What the director would compare with its peers: of what it owns, or of what it holds of a peer. */
  digest(peer?: string): Uint32Array;
}

/** Start a director. `onStart` has it run a document: at once, and after each restart. */
export function createSimulatedDirector(
  around: TableSurroundings,
  options: { capacity: number; onStart: (director: SimulatedDirector) => void },
): SimulatedDirector {
  const { capacity } = options;
  const dataplane = createMemoryDataPlane({
    ...{ capacity, flowCapacity: 4 * capacity, annexCapacity: capacity },
    now: () => Math.floor(around.nowMs() * TICKS_PER_MS) >>> 0,
  });
  let answer: unknown;
  let digest = new Uint32Array();
  const onReplica = (said: ReplicaAnswer): void => {
    if (said.type === "digest" && said.request === OWN_REQUEST) digest = said.buckets.slice();
    else around.answer(said);
  };
  const hear: { [T in ForwarderEvent["type"]]?: (event: Extract<ForwarderEvent, { type: T }>) => void } = {
    records: ({ records, count }) => around.offer(records, count),
    replica: (event) => onReplica(event.answer),
    answer: (event) => {
      answer = event.answer;
    },
    refusal: ({ failure }) => {
      throw new Error(`invariant: refused ${JSON.stringify(failure)}`);
    },
  };
  const emit = (event: ForwarderEvent): void =>
    (hear[event.type] as ((event: ForwarderEvent) => void) | undefined)?.(event);
  let forwarder: Forwarder;

  const director: SimulatedDirector = {
    dataplane,
    send(call) {
      forwarder.handle({ type: "replica", call });
      forwarder.turn();
    },
    ask(name, ask) {
      forwarder.handle({ type: "question", id: 0, name, ask } as Question);
      return answer as Answer<typeof name>;
    },
    receive(packet, mark = 0) {
      dataplane.sent.length = 0;
      dataplane.receive(1, packet, { mark });
      forwarder.turn();
      while (dataplane.waiting.upcalls > 0) forwarder.turn();
      return dataplane.sent.map(({ bytes }) => bytes);
    },
    turn: () => forwarder.turn(),
    restart() {
      forwarder = createForwarder(dataplane, emit, Math.floor(around.nowMs())); // each node's clock is another: no two draw the same local ports
      options.onStart(director);
    },
    rows: () => director.ask("list", { cursor: 0, limit: 4 * capacity }).rows,
    digest(peer) {
      director.send(
        peer === undefined
          ? { type: "digestOwned", request: OWN_REQUEST }
          : { type: "digestOf", request: OWN_REQUEST, peer },
      );
      return digest;
    },
  };
  director.restart();
  return director;
}
