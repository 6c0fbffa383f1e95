/**
 * The packet loop: the one owner of connections, run by a worker thread over the kernel data plane or in-process over the
 * in-memory one. A turn takes what the fast path handed over, lets timers fire, merges what peers sent, and hands on what they should know.
 */
import { type Document, EMPTY_DOCUMENT, LbError } from "@tandem/model";
import { adoptConnections } from "./core/adoption.ts";
import { listConnections, sumTraffic } from "./core/census.ts";
import { createConnectionTable } from "./core/connection-table.ts";
import { createConnections } from "./core/connections.ts";
import { planServices } from "./core/plan.ts";
import { createServiceTable } from "./core/service-table.ts";
import { createSlowPath } from "./core/slow-path.ts";
import type { Reason } from "./core/verdict.ts";
import type { DataPlane, StateEvent, Upcall } from "./dataplane/dataplane.ts";
import type {
  Answer,
  Ask,
  DestinationCounts,
  ForwarderCommand,
  ForwarderEvent,
  ForwarderOrder,
  Question,
  QuestionName,
} from "./forwarder-protocol.ts";
import { createReplication } from "./forwarder-replication.ts";

/** Work of one turn, so that none of its parts starves another. */
const UPCALLS_PER_TURN = 512;
const EVENTS_PER_TURN = 4096;
const TIMERS_PER_TURN = 1024;
/** How long a turn may sleep: about the timers' resolution. */
const IDLE_MS = 50;

export interface Forwarder {
  /** Carry out one command, now. */
  handle(command: ForwarderCommand): void;
  /** One turn of the loop, after `DataPlane.wait`. */
  turn(): void;
  /** Milliseconds that the next wait may take: 0 while work is left over. */
  readonly idleMs: number;
  /** A document runs: upcalls and events are taken. */
  readonly isProgrammed: boolean;
  /** `stop` was ordered. */
  readonly isStopped: boolean;
}

type Answers = { [Q in QuestionName]: (ask: Ask<Q>) => Answer<Q> };
type Orders = { [T in ForwarderOrder["type"]]: (order: Extract<ForwarderOrder, { type: T }>) => void };

/**
 * A forwarder over a data plane. Until the first `program` it leaves upcalls and events where they are: without services it could only
 * drop them; the records of a former daemon are adopted then, too.
 *
 * @param emit   told of answers and changed records; buffers in it are given away
 * @param seed   secret of the flow index, 32 bits
 */
export function createForwarder(
  dataplane: DataPlane,
  emit: (event: ForwarderEvent) => void,
  seed: number,
): Forwarder {
  const services = createServiceTable();
  const table = createConnectionTable(dataplane.records, dataplane, seed);
  const connections = createConnections(table, services, dataplane.now());
  const slowPath = createSlowPath(dataplane, connections, services);
  const replication = createReplication({ connections, services, now: dataplane.now }, emit);
  const reasons = new Map<Reason, number>();
  let running: Document = EMPTY_DOCUMENT;
  let isProgrammed = false;
  let isStopped = false;
  let isBusy = false;
  let lostEvents = dataplane.lostEvents();

  const count = (reason: Reason, packets = 1) => reasons.set(reason, (reasons.get(reason) ?? 0) + packets);
  const onUpcall = (upcall: Upcall) => count(slowPath(upcall).reason);
  const onEvent = (e: StateEvent) => connections.review(e.family, e.index, dataplane.now());
  const onRefused = (family: 4 | 6, index: number) => {
    count("flow_map_full");
    connections.close(family, index, dataplane.now());
  };

  const answers: Answers = {
    program({ document, ...health }) {
      const changes = reprogram(document);
      services.commit(document, health);
      running = document;
      const adoption = isProgrammed ? { adopted: 0, repaired: 0 } : adopt();
      replication.servicesChanged();
      return { changes, ...adoption };
    },
    ping: () => ({ faults: dataplane.faults() }),
    counts: () => ({
      connections: table.size,
      capacity: table.capacity,
      owned: replication.owners(),
      packets: new Map([...dataplane.counters(), ...reasons]),
      merged: new Map(replication.outcomes),
    }),
    destinations: destinationCounts,
    list(at) {
      const { rows, next } = listConnections(table, at, dataplane.now());
      return { rows: rows.map((row) => ({ ...row, owner: replication.peerName(row.owner) })), next };
    },
  };

  const orders: Orders = {
    weights: (health) => void services.setHealth(health),
    replica: ({ call }) => replication.handle(call),
    stop: () => {
      isStopped = true;
    },
  };

  /** Tell the fast path. Returns the number of changes. */
  function reprogram(document: Document): number {
    const changes = planServices(dataplane.programmed(), document);
    try {
      dataplane.program(changes);
    } catch (refusal) {
      if (isProgrammed) putBack();
      throw refusal;
    }
    return changes.length;
  }

  /** Some changes may be in force already. What cannot be undone either is found by the next document's comparison. */
  function putBack(): void {
    try {
      dataplane.program(planServices(dataplane.programmed(), running));
    } catch (error) {
      if (!(error instanceof LbError)) throw error;
    }
  }

  function adopt() {
    const adoption = adoptConnections(dataplane, connections);
    dataplane.flushFlows(onRefused);
    isProgrammed = true;
    return adoption;
  }

  function destinationCounts(): DestinationCounts[] {
    const traffic = sumTraffic(table, services);
    return [...services.services].flatMap((s) =>
      s.destinations.map((d) => ({
        serviceId: s.id,
        destinationId: d.id,
        effectiveWeight: d.weight,
        activeConnections: d.active,
        inactiveConnections: d.inactive,
        ...traffic.get(d.id)!,
      })),
    );
  }

  function answer(question: Question): void {
    const ask = answers[question.name] as (ask: unknown) => unknown;
    try {
      emit({ type: "answer", id: question.id, answer: ask(question.ask) });
    } catch (error) {
      if (!(error instanceof LbError)) throw error;
      emit({ type: "refusal", id: question.id, failure: error.failure });
    }
  }

  function rescanIfEventsWereLost(): void {
    const lost = dataplane.lostEvents();
    if (lost === lostEvents) return;
    lostEvents = lost;
    connections.reviewAll();
  }

  return {
    handle(command) {
      if (command.type === "question") answer(command);
      else (orders[command.type] as (order: ForwarderOrder) => void)(command);
    },
    turn() {
      if (!isProgrammed) return;
      const upcalls = dataplane.drainUpcalls(UPCALLS_PER_TURN, onUpcall);
      dataplane.flushFlows(onRefused);
      count("inject_refused", dataplane.flushPackets());
      const events = dataplane.drainEvents(EVENTS_PER_TURN, onEvent);
      rescanIfEventsWereLost();
      const hasTimers = connections.advance(dataplane.now(), TIMERS_PER_TURN);
      const isReplicating = replication.turn();
      dataplane.flushFlows(onRefused);
      isBusy = upcalls === UPCALLS_PER_TURN || events === EVENTS_PER_TURN || hasTimers || isReplicating;
    },
    get idleMs() {
      return isBusy ? 0 : IDLE_MS;
    },
    get isProgrammed() {
      return isProgrammed;
    },
    get isStopped() {
      return isStopped;
    },
  };
}
