/** The engine's forwarder over the in-memory data plane, as a table for simulated clusters: real packets, records, merging and timers. */
import { createMemoryDataPlane } from "../../packages/engine/src/dataplane/memory.ts";
import { createForwarder, type Forwarder } from "../../packages/engine/src/forwarder.ts";
import type { Answer, ForwarderEvent } from "../../packages/engine/src/forwarder-protocol.ts";
import { buildPacket } from "../../packages/engine/src/packet/testing.ts";
import { DocumentSpec, EMPTY_DOCUMENT, reviseDocument } from "../../packages/model/src/index.ts";
import type { SimulatedTable, TableSurroundings } from "../../packages/sync/src/testing/index.ts";

const VIP = { to: "192.0.2.1", toPort: 80 };
const DOCUMENT = reviseDocument(
  EMPTY_DOCUMENT,
  DocumentSpec.parse({
    version: 1,
    services: [
      { protocol: "tcp", address: VIP.to, port: VIP.toPort, destinations: [{ address: "10.0.0.1" }] },
    ],
  }),
);
const CAPACITY = 512;
const TICKS_PER_MS = 1e6 / 2 ** 20;
/** A state's number, as simulations speak of it: there is but one that counts. */
export const ESTABLISHED = 1;

/** A table that is a whole forwarder. Keys are 0..65535; every connection that is told of is established. */
export function createForwarderTable(around: TableSurroundings): SimulatedTable {
  const dataplane = createMemoryDataPlane({
    capacity: CAPACITY,
    flowCapacity: 4 * CAPACITY,
    now: () => Math.floor(around.nowMs() * TICKS_PER_MS) >>> 0,
  });
  let answer: unknown;
  const hear: { [T in ForwarderEvent["type"]]?: (event: Extract<ForwarderEvent, { type: T }>) => void } = {
    records: ({ records, count }) => around.offer(records, count),
    replica: (event) => around.answer(event.answer),
    answer: (event) => {
      answer = event.answer;
    },
    refusal: ({ failure }) => {
      throw new Error(`invariant: refused ${JSON.stringify(failure)}`);
    },
  };
  const emit = (event: ForwarderEvent): void =>
    (hear[event.type] as ((event: ForwarderEvent) => void) | undefined)?.(event);
  const start = (): Forwarder => {
    const started = createForwarder(dataplane, emit, 1);
    const ask = { document: DOCUMENT, weights: new Map<number, number>(), down: new Set<number>() };
    started.handle({ type: "question", id: 0, name: "program", ask });
    return started;
  };
  let forwarder = start();
  const see = (key: number, flags: string): void => {
    const from = `198.51.${key >>> 8}.${key & 255}`;
    dataplane.receive(1, buildPacket({ protocol: "tcp", from, fromPort: 40_000, ...VIP, flags }));
    forwarder.turn();
  };
  const contents = (): ReturnType<SimulatedTable["contents"]> => {
    forwarder.handle({ type: "question", id: 0, name: "list", ask: { cursor: 0, limit: 4 * CAPACITY } });
    const rows = (answer as Answer<"list">).rows.filter((row) => row.state === "ESTABLISHED");
    return new Map(
      rows.map((row) => [keyOf(row.client), { owner: row.owner || around.node, state: ESTABLISHED }]),
    );
  };
  return {
    send(call) {
      forwarder.handle({ type: "replica", call });
      forwarder.turn();
    },
    seePacket(key) {
      if (!contents().has(key)) see(key, "S");
      see(key, "A");
    },
    end: (key) => see(key, "R"),
    restart: () => {
      forwarder = start();
    },
    tick: () => forwarder.turn(),
    contents,
  };
}

function keyOf(client: string): number {
  const bytes = client.split(".").map(Number);
  return bytes[2]! * 256 + bytes[3]!;
}
