/** A daemon dies between any two steps of birth and death; the next one finds records and flows that agree, or makes them. */
import { EMPTY_DOCUMENT } from "@tandem/model";
import { expect, test } from "vitest";
import { createMemoryDataPlane, type MemoryDataPlane } from "../../dataplane/memory.ts";
import { FLOW_WORDS } from "../../packet/parse.ts";
import { DIRECTION, FLOW_KEY, LIFE, RECORD } from "../layout.ts";
import { type Connections, createConnections } from "../life/connections.ts";
import { changeLife, copyKey, isAlive, matchesKey, readField, UNKNOWN_PEER } from "../record.ts";
import { createTestDirector, NO_HEALTH, rowsOf, type TestDirector } from "../testing.ts";
import { CLIENT, connectFrom, fromClient, webOfOne } from "../testing-clients.ts";
import { type Adoption, adoptConnections } from "./adoption.ts";
import { createBirth, createConnectionTable, type FlowMap } from "./connection-table.ts";

/** A director with an established connection, whose records and flows outlive it. */
function director(): TestDirector {
  const d = createTestDirector({ capacity: 8 });
  d.configure([webOfOne]);
  for (const flags of ["S", "A"]) {
    d.receive(fromClient(flags));
  }
  return d;
}

/** A new daemon's connections over what the old one left. */
function restart(old: TestDirector): { connections: Connections; adoption: Adoption } {
  const table = createConnectionTable(old.dataplane, old.dataplane, 2);
  const connections = createConnections(table, old.services, { now: old.clock.now });
  const adoption = adoptConnections(old.dataplane, connections);
  old.dataplane.flushFlows(() => {});
  return { connections, adoption };
}

/** What docs/wire/record.md promises: every flow leads to a living record with its tuple, every living record has its flows. */
function expectAgreement(dataplane: MemoryDataPlane, connections: Connections): void {
  const r = connections.table.records[4];
  const flows = new Map<number, number>();
  const key = new Uint32Array(FLOW_WORDS);
  dataplane.scanFlows(4, (bytes, index, direction) => {
    new Uint8Array(key.buffer, 0, FLOW_KEY[4].size).set(bytes);
    expect(isAlive(r, index) && matchesKey(r, index, direction, key)).toBe(true);
    expect(connections.table.find(4, key)).toBe(index * 2 + direction);
    flows.set(index, (flows.get(index) ?? 0) + 1);
  });
  for (let index = 0; index < r.capacity; index++)
    expect(flows.get(index) ?? 0).toBe(isAlive(r, index) ? 2 : 0);
  expect(connections.table.size).toBe(flows.size);
}

test("adoption takes over what is whole", () => {
  const old = director();
  const { connections, adoption } = restart(old);
  expect(adoption).toEqual({ adopted: 1, repaired: 0 });
  expectAgreement(old.dataplane, connections);
  expect(old.dataplane.receive(1, fromClient("A")).reason).toBe("forwarded");
});

class Killed extends Error {}

/** Flow maps whose daemon dies at the call after `calls`. */
function mortal(dataplane: MemoryDataPlane, calls: number): FlowMap {
  let left = calls;
  const live = (call: () => void) => {
    if (left-- === 0) throw new Killed();
    call();
    dataplane.flushFlows(() => {});
  };
  return {
    insertFlow: (...of) => live(() => dataplane.insertFlow(...of)),
    deleteFlow: (...of) => live(() => dataplane.deleteFlow(...of)),
  };
}

const deaths: [string, "birth" | "death", number, number][] = [
  ["birth before its flows", "birth", 0, 1],
  ["birth between its flows", "birth", 1, 1],
  ["birth after its flows", "birth", 2, 2],
  ["death before its flows are gone", "death", 0, 0],
  ["death between its flows", "death", 1, 0],
  ["death after its flows", "death", 2, 0],
];
for (const [when, what, calls, adopted] of deaths) {
  test(`a daemon that dies in the ${when} leaves nothing that adoption does not mend`, () => {
    const old = director();
    const table = createConnectionTable(old.dataplane, mortal(old.dataplane, calls), 3);
    const connections = createConnections(table, old.services, { now: old.clock.now });
    connections.table.adopt(4, 0);
    const act = () => {
      if (what === "death") return connections.close(4, 0, 0);
      const key = new Uint32Array(FLOW_WORDS);
      key.set([1, 2, 3, 6]);
      const destination = Uint32Array.of(4);
      const of = { serviceId: 1, destinationId: 2, destination, destinationPort: 5 };
      connections.open({ ...createBirth(), key, ...of }, 0);
    };
    if (calls < 2) expect(act).toThrow(Killed);
    else act();
    const next = restart(old);
    expect(next.adoption.adopted).toBe(adopted);
    expectAgreement(old.dataplane, next.connections);
  });
}

test("adoption deletes flows that lead nowhere, to a dead record or to another tuple", () => {
  const old = director();
  const key = new Uint8Array(FLOW_KEY[4].size);
  for (const index of [0, 5, 99]) {
    key[0] = index + 1;
    old.dataplane.insertFlow(4, key, index, 0);
  }
  old.dataplane.flushFlows(() => {});
  const { connections, adoption } = restart(old);
  expect(adoption).toEqual({ adopted: 1, repaired: 3 });
  expectAgreement(old.dataplane, connections);
});

test("adopted connections count at their destination and expire", () => {
  const old = director();
  const destination = old.services.destination(2)!;
  destination.active = 0; // the new daemon's table starts at nothing
  const { connections } = restart(old);
  expect([destination.active, destination.inactive]).toEqual([1, 0]);
  connections.advance(1_000_000, 99);
  expect(connections.table.size).toBe(0);
});

test("adoption forgets which peer owned a record, but not that one did", () => {
  const old = director();
  const r = old.table.records[4];
  r.words[RECORD.life]! |= LIFE.remote;
  r.words[RECORD.owner] = 7;
  restart(old);
  expect(readField(r, 0, RECORD.owner)).toBe(UNKNOWN_PEER);
  expect(readField(r, 0, RECORD.life) & LIFE.remote).toBe(LIFE.remote);
});

test("adoption of an empty data plane finds nothing", () => {
  const d = createTestDirector();
  expect(restart(d).adoption).toEqual({ adopted: 0, repaired: 0 });
  expect(createMemoryDataPlane().programmed()).toEqual([]);
});

test("adoption takes up templates, which have no flows, with whoever hangs on them", () => {
  const old = createTestDirector({ capacity: 8 });
  old.configure([{ ...webOfOne, persistence: {} }]);
  for (const fromPort of [1001, 1002]) {
    old.receive(fromClient("S", { fromPort }));
  }
  const { adoption, connections } = restart(old);
  expect(adoption).toEqual({ adopted: 3, repaired: 0 });
  const template = readField(connections.table.records[4], 1, RECORD.controller) - 1;
  expect(connections.controlledBy(4, template)).toBe(2);
  const key = new Uint32Array(FLOW_WORDS);
  copyKey(connections.table.records[4], template, DIRECTION.input, key);
  expect(connections.table.find(4, key)).toBe(template * 2);
});

test("a held connection of a destination that no document knows any more is still held after a restart", () => {
  const old = director();
  changeLife(old.table.records[4], 0, { clear: 0, set: LIFE.held });
  old.services.commit({ ...EMPTY_DOCUMENT, revision: 2 }, NO_HEALTH);
  const next = createTestDirector();
  const table = createConnectionTable(old.dataplane, old.dataplane, 2);
  const connections = createConnections(table, next.services, { now: 0 });
  adoptConnections(old.dataplane, connections);
  connections.review(4, 0, 0);
  expect(readField(table.records[4], 0, RECORD.life) & LIFE.held).toBe(LIFE.held);
  next.configure([{ ...webOfOne, destinations: [] }]); // whenRemoved: keep
  connections.review(4, 0, 0);
  expect(readField(table.records[4], 0, RECORD.life) & LIFE.held).toBe(0);
});

/** A director that runs `service`, and to which a client has connected from port 1001. */
function directorOf(service: object, more?: object): TestDirector {
  const d = createTestDirector({ capacity: 8 });
  d.configure([{ ...webOfOne, ...service }], more);
  connectFrom(d, CLIENT, 1001);
  return d;
}

test("adoption takes over templates, and what hangs on them", () => {
  const old = directorOf({ persistence: {} });
  const before = rowsOf(old);
  const { connections, adoption } = restart(old);
  expect(adoption).toEqual({ adopted: 2, repaired: 0 });
  expect(rowsOf(old, connections)).toEqual(before);
  const index = before.findIndex((row) => row.isTemplate);
  expect(before[index]!.state).toBe("ASSURED");
  expect(connections.controlledBy(4, index)).toBe(1);
  connections.close(4, 1 - index, old.clock.now);
  expect(connections.controlledBy(4, index)).toBe(0);
});

test("adoption frees a connection from a template that is gone", () => {
  const old = directorOf({ persistence: {} });
  const index = rowsOf(old).findIndex((row) => row.isTemplate);
  Atomics.add(old.table.records[4].words, index * old.table.records[4].stride + RECORD.generation, 1);
  const { connections } = restart(old);
  expect(rowsOf(old, connections)).toMatchObject([{ clientPort: 1001, controller: undefined }]);
});

test("adoption takes over full NAT's local ends, which are given back with their connections", () => {
  const old = directorOf({ method: "full-nat", sourceAddresses: ["10.0.0.250"] });
  const [row] = rowsOf(old);
  const { connections, adoption } = restart(old);
  expect(adoption).toEqual({ adopted: 1, repaired: 0 });
  const reply = new Uint32Array(FLOW_WORDS);
  copyKey(connections.table.records[4], 0, DIRECTION.output, reply);
  expect(connections.table.find(4, reply)).toBe(DIRECTION.output);
  expect(rowsOf(old, connections)[0]).toMatchObject({ local: "10.0.0.250", localPort: row!.localPort });
  connections.close(4, 0, old.clock.now);
  expect(connections.table.find(4, reply)).toBe(-1);
});

test("adoption takes over what is kept beside connections, and has room for no more than before", () => {
  const old = createTestDirector({ capacity: 8, annexCapacity: 2 });
  old.configure([webOfOne]);
  for (const port of [1, 2, 3]) connectFrom(old, CLIENT, port);
  old.connections.keep(4, { index: 1, bytes: Uint8Array.of(4, 5) }, old.clock.now);
  const { connections } = restart(old);
  const { annexes, records } = connections.table;
  expect([...annexes.read(records[4], 1)]).toEqual([4, 5]);
  const isKept = [0, 2].map((index) =>
    connections.keep(4, { index, bytes: Uint8Array.of(1) }, old.clock.now),
  );
  expect(isKept).toEqual([true, false]);
});

test("an adopted connection is judged by what runs now", () => {
  const old = directorOf({ whenDown: "drop" });
  const r = old.table.records[4];
  const isHeld = () => (readField(r, 0, RECORD.life) & LIFE.held) !== 0;
  old.services.setHealth({ weights: new Map(), down: new Set([2]) });
  restart(old);
  expect(isHeld()).toBe(true);
  old.services.setHealth({ weights: new Map(), down: new Set() });
  restart(old);
  expect(isHeld()).toBe(false);
});

test("adoption takes over a connection whose client's port is not known yet", () => {
  const old = createTestDirector({ capacity: 8 });
  old.configure([webOfOne]);
  const key = new Uint32Array(FLOW_WORDS);
  key.set([1, 2, 0x5000_0000, 6]);
  const life = LIFE.noClientPort;
  const birth = { ...createBirth(), key, life, serviceId: 1, destinationId: 2 };
  old.connections.open({ ...birth, destination: Uint32Array.of(4), destinationPort: 5 }, old.clock.now);
  old.dataplane.flushFlows(() => {});
  const { connections, adoption } = restart(old);
  expect(adoption).toEqual({ adopted: 1, repaired: 0 });
  expect(connections.table.find(4, key)).toBe(DIRECTION.input);
});
