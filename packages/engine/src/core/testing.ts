/** A whole director in memory, for tests: data plane, table, services, slow path and replication over virtual time. */
import { type Document, DocumentSpec, EMPTY_DOCUMENT, reviseDocument } from "@tandem/model";
import { createMemoryDataPlane, type MemoryDataPlane, type MemoryOptions } from "../dataplane/memory.ts";
import type { CoreContext } from "./answer/context.ts";
import { createIcmpSender } from "./answer/icmp-sender.ts";
import { createProbe } from "./answer/probe.ts";
import { createSlowPath } from "./answer/slow-path.ts";
import { afterEnding } from "./life/connection-observer.ts";
import { type Connections, createConnections } from "./life/connections.ts";
import { createDefence } from "./life/defence.ts";
import { createDigests, type Digests } from "./peers/digest.ts";
import { createPublisher, type Publisher } from "./peers/publish.ts";
import { createReplica, type Replica } from "./peers/replica.ts";
import { createRandom } from "./random.ts";
import { listConnections } from "./report/census.ts";
import { createTraffic, type Traffic } from "./report/traffic.ts";
import { planServices } from "./services/plan.ts";
import { policyOf } from "./services/policy.ts";
import { createServiceTable, type Health, type ServiceTable } from "./services/service-table.ts";
import { type ConnectionTable, createConnectionTable } from "./table/connection-table.ts";
import type { Reason } from "./verdict.ts";

/** Health that says nothing: everything is up, with its configured weight. */
export const NO_HEALTH: Health = { weights: new Map(), down: new Set() };

/** A director and all its parts. */
export interface TestDirector {
  readonly dataplane: MemoryDataPlane;
  readonly services: ServiceTable;
  readonly table: ConnectionTable;
  readonly context: CoreContext;
  readonly connections: Connections;
  readonly digests: Digests;
  readonly publisher: Publisher;
  readonly replica: Replica;
  readonly traffic: Traffic;
  /** Virtual time in ticks; move it by assigning. */
  clock: { now: number };
  /** Let time pass, and the timers that come due with it fire. */
  pass(ticks: number): void;
  /** Replace the configuration; `more` are other parts of the document. */
  configure(services: unknown[], more?: object): Document;
  /** Replace what health says. */
  believe(health: Partial<Health>): void;
  /** Let a packet come in, and carry out all that follows. Returns as `settle`. */
  receive(packet: Uint8Array, more?: Parameters<MemoryDataPlane["receive"]>[2]): Reason[];
  /** What left since the last time. */
  sent(): Uint8Array[];
  /** Carry out everything that waits: upcalls, flows, packets, events. Returns the core's reasons, in order. */
  settle(): Reason[];
}

/** Create a director that has no services yet. */
export function createTestDirector(options: Omit<MemoryOptions, "now"> = {}): TestDirector {
  const clock = { now: 0 };
  const dataplane = createMemoryDataPlane({ ...options, now: () => clock.now });
  const random = createRandom(1);
  const services = createServiceTable(random);
  const table = createConnectionTable(dataplane, dataplane, 1);
  const digests = createDigests(table.records);
  const publisher = createPublisher(table, services, digests);
  const traffic = createTraffic(table, services, clock.now);
  const connections = createConnections(table, services, {
    now: clock.now,
    observer: afterEnding(traffic.ending, publisher),
    onDoom: createProbe(table, dataplane),
  });
  const replica = createReplica(connections, services, digests);
  const icmp = createIcmpSender(dataplane);
  const defence = createDefence(connections, services, random);
  const context: CoreContext = { connections, services, dataplane, icmp, defence, random };
  const slowPath = createSlowPath(context);
  let document: Document = EMPTY_DOCUMENT;

  function runTimers(): void {
    while (connections.advance(clock.now, Number.MAX_SAFE_INTEGER));
    dataplane.flushFlows(() => {});
  }

  function settle(): Reason[] {
    const reasons: Reason[] = [];
    do {
      dataplane.drainUpcalls(Number.MAX_SAFE_INTEGER, (upcall) => reasons.push(slowPath(upcall).reason));
      dataplane.flushFlows((family, index) => connections.close(family, index, clock.now));
      dataplane.flushPackets();
    } while (dataplane.waiting.upcalls > 0);
    dataplane.drainEvents(Number.MAX_SAFE_INTEGER, (e) => connections.stepped(e, clock.now));
    return reasons;
  }

  return {
    dataplane,
    services,
    table,
    context,
    connections,
    digests,
    publisher,
    replica,
    traffic,
    clock,
    pass(ticks) {
      clock.now += ticks;
      runTimers();
    },
    configure(specs, more) {
      document = reviseDocument(document, DocumentSpec.parse({ version: 1, services: specs, ...more }));
      const isUsed = (id: number) => services.destination(id) !== undefined;
      dataplane.program(planServices(dataplane.programmed(), document, isUsed));
      services.commit(document, NO_HEALTH);
      dataplane.setPolicy(policyOf(document, defence.isSecure(clock.now)));
      connections.reviewAll();
      runTimers();
      return document;
    },
    believe(health) {
      if (services.setHealth({ ...NO_HEALTH, ...health })) connections.reviewAll();
      runTimers();
    },
    receive(packet, more) {
      dataplane.receive(1, packet, more);
      return settle();
    },
    sent: () => dataplane.sent.splice(0).map(({ bytes }) => bytes),
    settle,
  };
}

/** Connections as operators see them; `connections` are others than the director's own over its records. */
export const rowsOf = (d: TestDirector, connections: Connections = d.connections) =>
  listConnections({ connections, services: d.services }, { cursor: 0, limit: 1000 }, d.clock.now).rows;
