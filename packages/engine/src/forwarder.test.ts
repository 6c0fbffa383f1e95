import { expect, test } from "vitest";
import { createForwarder } from "./forwarder.ts";
import type { Answer } from "./forwarder-protocol.ts";
import { documentOf, startInProcess } from "./testing.ts";
import {
  A,
  client,
  destinationsOf,
  establish,
  packetsOf,
  receive,
  rowsOf,
  run,
  TICKS_PER_SECOND,
  WEB,
  web,
} from "./testing-clients.ts";

test("weights are those of the next new connection", () => {
  const f = startInProcess();
  const two = documentOf([web([{ address: "10.0.0.1" }, { address: "10.0.0.2" }])]);
  const pickedOf = (n: number) => {
    receive(f, client(n));
    f.settle();
    return rowsOf(f).at(-1)?.destination;
  };
  const weigh = (...weights: [number, number][]) => ({ weights: new Map(weights), down: new Set<number>() });
  run(f, two, weigh([A, 0]));
  expect(pickedOf(1)).toBe("10.0.0.2");
  f.send({ type: "weights", ...weigh([A + 1, 0]) });
  expect(pickedOf(2)).toBe("10.0.0.1");
  f.send({ type: "weights", ...weigh([A, 0], [A + 1, 0]) });
  receive(f, client(3));
  f.settle();
  expect(packetsOf(f).get("refused")).toBe(1);
});

test("a change of state whose event was lost is found by looking at all records", () => {
  const f = startInProcess({ eventCapacity: 0 });
  run(f, WEB);
  establish(f, 1);
  expect(f.dataplane.lostEvents()).toBeGreaterThan(0);
  expect(destinationsOf(f)).toMatchObject([{ activeConnections: 1, inactiveConnections: 0 }]);
});

test("forwarder does not sleep while work is left over", () => {
  const f = startInProcess({ capacity: 2048, upcallCapacity: 4096 });
  run(f, WEB);
  for (let n = 0; n < 1000; n++) receive(f, { ...client(1), fromPort: 1000 + n });
  f.turn();
  expect(f.dataplane.waiting.upcalls).toBeGreaterThan(0);
  expect(f.idleMs).toBe(0);
  f.settle();
  expect(f.dataplane.waiting.upcalls).toBe(0);
  expect(f.ask("counts", {}).connections).toBe(1000);
});

test("a list is read in slices, each once", () => {
  const f = startInProcess({ capacity: 20_000 });
  run(f, WEB);
  for (const n of [1, 2, 3, 4, 5]) receive(f, client(n));
  f.settle();
  const clients: string[] = [];
  let questions = 0;
  for (let cursor: number | null = 0; cursor !== null; questions++) {
    const slice: Answer<"list"> = f.ask("list", { cursor, limit: 2 });
    expect(slice.rows.length).toBeLessThanOrEqual(2);
    clients.push(...slice.rows.map((r) => r.client));
    cursor = slice.next;
  }
  expect(clients.toSorted()).toEqual([1, 2, 3, 4, 5].map((n) => `198.51.100.${n}`));
  expect(questions).toBeGreaterThan(3);
});

test("ping tells what keeps packets from the fast path", () => {
  let faults: string[] = [];
  const f = startInProcess({ faults: () => faults });
  expect(f.ask("ping", {})).toEqual({ faults: [] });
  faults = ['Cannot find network interface "eth1"'];
  expect(f.ask("ping", {})).toEqual({ faults });
});

test("answers come in the order of the questions, before a stop is carried out", () => {
  const f = startInProcess();
  const heard: string[] = [];
  const forwarder = createForwarder(f.dataplane, (e) => heard.push(`${e.type} ${"id" in e ? e.id : ""}`), 1);
  forwarder.handle({ type: "question", id: 1, name: "ping", ask: {} });
  forwarder.handle({ type: "stop" });
  forwarder.handle({ type: "question", id: 2, name: "ping", ask: {} });
  expect(heard).toEqual(["answer 1", "answer 2"]);
  expect(forwarder.isStopped).toBe(true);
});

test("an explanation names this node's own connections by the empty name", () => {
  const f = startInProcess();
  run(f, WEB);
  receive(f, client(1));
  f.settle();
  const { client: from, clientPort, virtual, virtualPort } = rowsOf(f)[0]!;
  const packet = { protocol: 6, client: from, clientPort, virtual, virtualPort, mark: 0 };
  expect(f.ask("explain", packet)).toMatchObject({
    connection: { clientPort, owner: "" },
    verdict: { reason: "forwarded" },
  });
});

test("a destination that goes down takes its connections along as its service says", () => {
  const f = startInProcess();
  const document = documentOf([{ ...web(), whenDown: "expire" }]);
  run(f, document);
  establish(f, 1);
  expect(rowsOf(f)).toHaveLength(1);
  const { id } = document.services[0]!.destinations[0]!;
  f.send({ type: "weights", weights: new Map([[id, 0]]), down: new Set([id]) });
  f.settle();
  expect(rowsOf(f)).toEqual([]);
});

test("connections are ended where they were seen, and what has taken their place since is not", () => {
  const f = startInProcess();
  run(f, WEB);
  for (const n of [1, 2, 3]) establish(f, n);
  const places = rowsOf(f).map((row) => row.place);
  expect(f.ask("end", { places: places.slice(0, 2), isAloud: false })).toEqual({ ended: 2 });
  f.settle();
  expect(rowsOf(f)).toHaveLength(1);
  expect(receive(f, client(1, "A"))).not.toBe("forwarded");
  expect(receive(f, client(3, "A"))).toBe("forwarded");
  f.clock.now += 200 * TICKS_PER_SECOND; // the records are free again
  for (const n of [4, 5]) establish(f, n);
  expect(f.ask("end", { places: places.slice(0, 2), isAloud: true })).toEqual({ ended: 0 });
});
