import { METHOD_NUMBERS } from "@tandem/model";
import fc from "fast-check";
import { expect, test } from "vitest";
import { FLOW_PORTS, FLOW_PROTOCOL, FLOW_WORDS } from "../../packet/parse.ts";
import { ANNEX, DIRECTION, LIFE, RECORD, RECORD_WORDS } from "../layout.ts";
import { copyKey, isAlive, readField } from "../record.ts";
import {
  type ConnectionTable,
  createBirth,
  createConnectionTable,
  type NewConnection,
} from "./connection-table.ts";
import { directionOf, indexOf } from "./flow-index.ts";
import { QUARANTINE_TICKS } from "./slot-pool.ts";

const CAPACITY = 8;

/** A table whose flow map writes down what it is told, with the record's generation at that moment. */
function tableWithLog(): { table: ConnectionTable; log: string[] } {
  const log: string[] = [];
  const generation = (index: number) => readField(table.records[4], index, RECORD.generation);
  const table: ConnectionTable = createConnectionTable(
    {
      records: {
        4: new Uint32Array(RECORD_WORDS[4] * CAPACITY),
        6: new Uint32Array(RECORD_WORDS[6] * CAPACITY),
      },
      annexes: new Uint8Array(ANNEX.bytes),
    },
    {
      insertFlow: (_family, _key, index, direction) =>
        log.push(
          `insert ${direction === DIRECTION.input ? "input" : "output"}, generation ${generation(index)}`,
        ),
      deleteFlow: () => log.push("delete"),
    },
    1,
  );
  return { table, log };
}

function connection(family: 4 | 6, client: number, more: Partial<NewConnection> = {}): NewConnection {
  const key = new Uint32Array(FLOW_WORDS);
  key[0] = client;
  key[family === 4 ? 1 : 4] = 0x0a0b0c0d; // the VIP
  key[FLOW_PORTS[family]] = 0x5000_1234;
  key[FLOW_PROTOCOL[family]] = 6;
  return {
    ...createBirth(),
    family,
    key,
    method: METHOD_NUMBERS.masquerade,
    serviceId: 1,
    destinationId: 2,
    destination: Uint32Array.of(0x01020304, 5, 6, 7),
    destinationPort: 0x901f,
    lastSeen: 77,
    ...more,
  };
}

for (const family of [4, 6] as const) {
  test(`a connection over IPv${family} is found by the packets of both sides until it is killed`, () => {
    const { table } = tableWithLog();
    const of = connection(family, 1);
    const index = table.create(of, 0);
    expect(table.find(family, of.key)).toBe(index * 2 + DIRECTION.input);
    const reply = new Uint32Array(FLOW_WORDS);
    copyKey(table.records[family], index, DIRECTION.output, reply);
    expect(directionOf(table.find(family, reply))).toBe(DIRECTION.output);
    expect([table.size, isAlive(table.records[family], index)]).toEqual([1, true]);
    table.kill(family, index, 0);
    expect([table.find(family, of.key), table.find(family, reply), table.size]).toEqual([-1, -1, 0]);
    expect(isAlive(table.records[family], index)).toBe(false);
  });
}

test("birth: alive before the reply flow, the reply flow before the forward flow", () => {
  const { table, log } = tableWithLog();
  table.create(connection(4, 1), 0);
  expect(log).toEqual(["insert output, generation 1", "insert input, generation 1"]);
});

test("direct route has one flow", () => {
  const { table, log } = tableWithLog();
  const method = METHOD_NUMBERS["direct-route"];
  const index = table.create(connection(4, 1, { method, life: LIFE.noOutput }), 0);
  table.kill(4, index, 0);
  expect(log).toEqual(["insert input, generation 1", "delete"]);
});

test("a record says all that its connection was born with, and nothing of its former life", () => {
  const { table } = tableWithLog();
  const r = table.records[4];
  const first = table.create(connection(4, 1, { owner: 9 }), 0);
  r.words.fill(0xffffffff, first * r.stride + RECORD.inPackets, first * r.stride + RECORD.outBytes + 2);
  table.kill(4, first, 0);
  const index = table.create(connection(4, 2), QUARANTINE_TICKS);
  expect(index).toBe(first);
  expect([...r.words.subarray(index * r.stride, (index + 1) * r.stride)]).toEqual([
    3,
    0,
    6 | (4 << 16),
    77,
    1,
    2,
    0x5000_1234,
    0x901f,
    ...[0, 0, 0, 0, 0, 0, 0, 0],
    ...[0, 0, 0, 0],
    ...[2, 0x0a0b0c0d, 0x01020304, 0],
  ]);
});

test("what is kept beside a record goes with it", () => {
  const { table } = tableWithLog(); // with room for one annex
  const kept = Uint8Array.of(1, 2);
  const first = table.create(connection(4, 1), 0);
  expect(table.annexes.write(table.records[4], first, kept)).toBe(true);
  const next = table.create(connection(6, 2), 0);
  expect(table.annexes.write(table.records[6], next, kept)).toBe(false);
  table.kill(4, first, 0);
  expect(table.annexes.write(table.records[6], next, kept)).toBe(true);
});

test("a full table refuses, and has room again after the quarantine", () => {
  const { table } = tableWithLog();
  for (let client = 0; client < CAPACITY; client++)
    expect(table.create(connection(4, client), 0)).toBe(client);
  expect(table.create(connection(4, 99), 0)).toBe(-1);
  table.kill(4, 3, 0);
  expect(table.create(connection(4, 99), QUARANTINE_TICKS - 1)).toBe(-1);
  expect(table.create(connection(4, 99), QUARANTINE_TICKS)).toBe(3);
});

test("index agrees with a plain map under any sequence of births and deaths", () => {
  const step = fc.record({ client: fc.nat(5), family: fc.constantFrom(4 as const, 6 as const) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
      const { table } = tableWithLog();
      const alive = new Map<string, number>();
      let now = 0;
      for (const { client, family } of steps) {
        const of = connection(family, client);
        const known = alive.get(`${family} ${client}`);
        if (known === undefined)
          alive.set(`${family} ${client}`, table.create(of, (now += QUARANTINE_TICKS)));
        else {
          table.kill(family, known, now);
          alive.delete(`${family} ${client}`);
        }
        for (const [name, index] of alive) {
          const [family, client] = name.split(" ").map(Number) as [4 | 6, number];
          expect(indexOf(table.find(family, connection(family, client).key))).toBe(index);
        }
        expect(table.size).toBe(alive.size);
      }
    }),
    { numRuns: 50 },
  );
});
