/** A whole director in memory, for tests: data plane, table, services, slow path and replication over virtual time. */
import { type Document, DocumentSpec, EMPTY_DOCUMENT, reviseDocument } from "@tandem/model";
import { createMemoryDataPlane, type MemoryDataPlane, type MemoryOptions } from "../dataplane/memory.ts";
import { type ConnectionTable, createConnectionTable } from "./connection-table.ts";
import { type Connections, createConnections } from "./connections.ts";
import { createDigests, type Digests } from "./digest.ts";
import { planServices } from "./plan.ts";
import { createPublisher, type Publisher } from "./publish.ts";
import { createReplica, type Replica } from "./replica.ts";
import { createServiceTable, type ServiceTable } from "./service-table.ts";
import { createSlowPath } from "./slow-path.ts";
import type { Reason } from "./verdict.ts";

/** A director and all its parts. */
export interface TestDirector {
  readonly dataplane: MemoryDataPlane;
  readonly services: ServiceTable;
  readonly table: ConnectionTable;
  readonly connections: Connections;
  readonly digests: Digests;
  readonly publisher: Publisher;
  readonly replica: Replica;
  /** Virtual time in ticks; move it by assigning. */
  clock: { now: number };
  /** Let time pass, and the timers that come due with it fire. */
  pass(ticks: number): void;
  /** Replace the configuration. */
  configure(services: unknown[]): Document;
  /** Carry out everything that waits: upcalls, flows, packets, events. Returns the core's reasons, in order. */
  settle(): Reason[];
}

/** Create a director that has no services yet. */
export function createTestDirector(options: Omit<MemoryOptions, "now"> = {}): TestDirector {
  const clock = { now: 0 };
  const dataplane = createMemoryDataPlane({ ...options, now: () => clock.now });
  const services = createServiceTable();
  const table = createConnectionTable(dataplane.records, dataplane, 1);
  const connections = createConnections(table, services, clock.now);
  const digests = createDigests(table.records);
  const publisher = createPublisher(table, services, digests);
  const replica = createReplica(connections, services, digests);
  connections.setObserver(publisher);
  const slowPath = createSlowPath(dataplane, connections, services);
  let document: Document = EMPTY_DOCUMENT;

  return {
    dataplane,
    services,
    table,
    connections,
    digests,
    publisher,
    replica,
    clock,
    pass(ticks) {
      clock.now += ticks;
      while (connections.advance(clock.now, Number.MAX_SAFE_INTEGER));
      dataplane.flushFlows(() => {});
    },
    configure(specs) {
      document = reviseDocument(document, DocumentSpec.parse({ version: 1, services: specs }));
      dataplane.program(planServices(dataplane.programmed(), document));
      services.commit(document, new Map());
      return document;
    },
    settle() {
      const reasons: Reason[] = [];
      dataplane.drainUpcalls(Number.MAX_SAFE_INTEGER, (upcall) => reasons.push(slowPath(upcall).reason));
      dataplane.flushFlows((family, index) => connections.close(family, index, clock.now));
      dataplane.flushPackets();
      dataplane.drainEvents(Number.MAX_SAFE_INTEGER, (e) => connections.review(e.family, e.index, clock.now));
      return reasons;
    },
  };
}
