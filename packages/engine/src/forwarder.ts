/**
 * The packet loop: the one owner of connections, run by a worker thread over the kernel data plane or in-process over the
 * in-memory one. A turn takes what the fast path handed over, lets timers fire, merges what peers sent, and hands on what they should know.
 */
import { type Document, LbError } from "@tandem/model";
import { createIcmpSender } from "./core/answer/icmp-sender.ts";
import { createProbe } from "./core/answer/probe.ts";
import { createSlowPath } from "./core/answer/slow-path.ts";
import { RECORD } from "./core/layout.ts";
import { afterEnding } from "./core/life/connection-observer.ts";
import { createConnections } from "./core/life/connections.ts";
import { createDefence } from "./core/life/defence.ts";
import { createDigests } from "./core/peers/digest.ts";
import { createPublisher } from "./core/peers/publish.ts";
import { createRandom } from "./core/random.ts";
import { readField } from "./core/record.ts";
import { listConnections, type Place, type Row } from "./core/report/census.ts";
import { explain } from "./core/report/explain.ts";
import { createTraffic } from "./core/report/traffic.ts";
import { createServiceTable } from "./core/services/service-table.ts";
import { adoptConnections } from "./core/table/adoption.ts";
import { createConnectionTable } from "./core/table/connection-table.ts";
import type { Reason } from "./core/verdict.ts";
import type { DataPlane, StateEvent, Upcall } from "./dataplane/dataplane.ts";
import { createForwarderCapture } from "./forwarder-capture.ts";
import { addCounts, countServices } from "./forwarder-counts.ts";
import { createProgramming } from "./forwarder-programming.ts";
import type {
  Answer,
  Ask,
  DocumentChange,
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
/** … while packets are captured, which nobody is woken for. */
const CAPTURING_IDLE_MS = 10;

/** The packet loop: commands, upcalls, events and timers, one turn after the other. */
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
  const random = createRandom(seed);
  const services = createServiceTable(random);
  const table = createConnectionTable(dataplane, dataplane, seed);
  const digests = createDigests(table.records);
  const publisher = createPublisher(table, services, digests);
  const traffic = createTraffic(table, services, dataplane.now());
  const connections = createConnections(table, services, {
    now: dataplane.now(),
    observer: afterEnding(traffic.ending, publisher),
    onDoom: createProbe(table, dataplane),
  });
  const icmp = createIcmpSender(dataplane);
  const defence = createDefence(connections, services, random);
  const slowPath = createSlowPath({ connections, services, dataplane, icmp, defence, random });
  const replication = createReplication(
    { connections, services, digests, publisher, now: dataplane.now },
    emit,
  );
  const capture = createForwarderCapture(dataplane, { connections, services }, emit);
  const programming = createProgramming(dataplane, services, defence);
  const reasons = new Map<Reason, number>();
  let isProgrammed = false;
  let isStopped = false;
  let isBusy = false;
  let lostEvents = dataplane.lostEvents();

  const count = (reason: Reason, packets = 1) => reasons.set(reason, (reasons.get(reason) ?? 0) + packets);
  const withOwner = (row: Row) => ({ ...row, owner: replication.peerName(row.owner) });
  const onUpcall = (upcall: Upcall) => count(capture.watch(upcall, slowPath).reason);
  const onEvent = (e: StateEvent) => connections.stepped(e, dataplane.now());
  const onRefused = (family: 4 | 6, index: number) => {
    count("flow_map_full");
    connections.close(family, index, dataplane.now());
  };

  const answers: Answers = {
    program({ document: change, ...health }) {
      const document = wholeDocument(change, programming.running);
      const changes = programming.program(document);
      services.commit(document, health);
      connections.reviewAll();
      const adoption = isProgrammed ? { adopted: 0, repaired: 0 } : adopt();
      replication.servicesChanged();
      return { changes, ...adoption };
    },
    ping: () => ({ faults: dataplane.faults() }),
    counts: () => ({
      connections: table.size,
      capacity: table.capacity,
      owned: replication.owners(),
      packets: addCounts(dataplane.counters(), reasons),
      evicted: { nearly_full: connections.evicted, drop_entry: defence.ended },
      merged: new Map(replication.outcomes),
    }),
    services: () => countServices(table, services),
    rates: () => traffic.rates(),
    list(at) {
      const { rows, next } = listConnections({ connections, services }, at, dataplane.now());
      return { rows: rows.map(withOwner), next };
    },
    end: ({ places, isAloud }) => ({ ended: places.filter((place) => end(place, isAloud)).length }),
    explain(packet) {
      const tables = { connections, services, marks: programming.running.marks, now: dataplane.now() };
      const { connection, template, ...same } = explain(packet, tables);
      return {
        ...same,
        ...(connection && { connection: withOwner(connection) }),
        ...(template && { template: withOwner(template) }),
      };
    },
  };

  const orders: Orders = {
    weights(health) {
      if (services.setHealth(health)) connections.reviewAll();
    },
    restart_rates: ({ totals }) => traffic.restart(totals),
    replica: ({ call }) => replication.handle(call),
    capture: (order) => capture.set(order),
    captured_taken: () => capture.taken(),
    stop: () => {
      isStopped = true;
    },
  };

  /** Returns whether the record is still the one that was meant. A peer's becomes this node's first, so that everybody hears of its end. */
  function end({ family, index, generation }: Place, isAloud: boolean): boolean {
    const r = table.records[family];
    if (readField(r, index, RECORD.generation) !== generation) return false;
    const now = dataplane.now();
    connections.renew(family, index, now);
    if (isAloud) connections.doom(family, index, now);
    else connections.close(family, index, now);
    return true;
  }

  function adopt() {
    const adoption = adoptConnections(dataplane, connections);
    dataplane.flushFlows(onRefused);
    isProgrammed = true;
    return adoption;
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
      defence.turn(dataplane.now());
      programming.followDefence(dataplane.now());
      const hasTimers = connections.advance(dataplane.now(), TIMERS_PER_TURN);
      const isReplicating = replication.turn();
      dataplane.flushFlows(onRefused);
      const isSampling = traffic.advance(dataplane.now());
      const isCapturing = capture.turn();
      const isFlooded = upcalls === UPCALLS_PER_TURN || events === EVENTS_PER_TURN;
      isBusy = isFlooded || hasTimers || isReplicating || isSampling || isCapturing;
    },
    get idleMs() {
      if (isBusy) return 0;
      return capture.isOn ? CAPTURING_IDLE_MS : IDLE_MS;
    },
    get isProgrammed() {
      return isProgrammed;
    },
    get isStopped() {
      return isStopped;
    },
  };
}

/** The document that a change makes of the one that runs. */
function wholeDocument(change: DocumentChange, running: Document): Document {
  const known = new Map(running.services.map((s) => [s.id, s]));
  const services = change.services.map((s) => {
    const service = typeof s === "number" ? known.get(s) : s;
    if (!service) throw new Error(`invariant: service ${s} does not run`);
    return service;
  });
  return { ...change, services };
}
