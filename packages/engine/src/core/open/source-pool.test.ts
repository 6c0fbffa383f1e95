import { METHOD_NUMBERS } from "@tandem/model";
import { expect, test } from "vitest";
import { FLOW_WORDS } from "../../packet/parse.ts";
import { swapPort } from "../../packet/words.ts";
import { addressWords, type Service } from "../services/service.ts";
import { createBirth, type NewConnection } from "../table/connection-table.ts";
import { createTestDirector } from "../testing.ts";
import { createSourcePool } from "./source-pool.ts";

const service = { sources: [addressWords("192.0.2.200")] } as unknown as Service;

/** A connection of a client to 10.0.0.1:8080. */
function connection(client: number, more: Partial<NewConnection> = {}): NewConnection {
  const key = new Uint32Array(FLOW_WORDS);
  key.set([client, 2, 3, 6]);
  const to = { destination: addressWords("10.0.0.1"), destinationPort: swapPort(8080) };
  return { ...createBirth(), key, method: METHOD_NUMBERS["full-nat"], ...to, ...more };
}

/** A pool whose chance is always the same, and what it gives. */
function unlucky() {
  const d = createTestDirector();
  const take = createSourcePool({ ...d.context, random: () => 0 });
  const open = (of: NewConnection) => (take(of, service) ? d.connections.open(of, 0) : -1);
  return { d, open };
}

test("a source that a connection to the same destination has is not given out again until that one has ended", () => {
  const { d, open } = unlucky();
  const first = open(connection(1));
  expect(first).toBeGreaterThanOrEqual(0);
  expect(open(connection(2))).toBe(-1);
  d.connections.close(4, first, 0);
  expect(open(connection(2))).toBeGreaterThanOrEqual(0);
});

const others: [string, Partial<NewConnection>][] = [
  ["address", { destination: addressWords("10.0.0.2") }],
  ["port", { destinationPort: swapPort(8081) }],
];
for (const [what, more] of others) {
  test(`a source may serve two destinations that differ in their ${what}`, () => {
    const { open } = unlucky();
    expect(open(connection(1))).toBeGreaterThanOrEqual(0);
    expect(open(connection(2, more))).toBeGreaterThanOrEqual(0);
  });
}

test("a source that a peer's connection has is taken", () => {
  const { d, open } = unlucky();
  const local = { local: service.sources[0]!, localPort: swapPort(1024) };
  d.connections.open(connection(1, { ...local, owner: 1 }), 0);
  expect(open(connection(2))).toBe(-1);
});
