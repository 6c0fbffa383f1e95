import type { Engine } from "@tandem/engine";
import type { HealthChange } from "@tandem/health";
import { type Document, DocumentSpec, EMPTY_DOCUMENT, LbError, reviseDocument } from "@tandem/model";
import { expect, test } from "vitest";
import { createDocumentRunner, type DocumentRunner } from "./document-runner.ts";

const revision = (n: number): Document => ({ ...EMPTY_DOCUMENT, revision: n });
const down: HealthChange = {
  serviceId: 1,
  destinationId: 2,
  up: false,
  effectiveWeight: 0,
  why: "connection refused",
  isStep: false,
  atMs: 0,
};
const service = { protocol: "tcp", address: "192.0.2.1", port: 80, destinations: [{ address: "10.0.0.2" }] };
const withDestination = reviseDocument(
  EMPTY_DOCUMENT,
  DocumentSpec.parse({ version: 1, services: [service] }),
);
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Engine and monitor that write down what they are told; the engine answers when the test says so. */
function setUp() {
  const told: string[] = [];
  const logged: unknown[] = [];
  const answers: PromiseWithResolvers<void>[] = [];
  let running = EMPTY_DOCUMENT;
  let checked = EMPTY_DOCUMENT;
  let runner: DocumentRunner;
  const health = () => ({ weights: new Map([[checked.revision, 1]]), down: new Set<number>() });
  const textOf = (h: { weights: ReadonlyMap<number, number> }) =>
    `weights of ${[...h.weights.keys()].join()}`;
  const engine: Pick<Engine, "apply" | "setHealth" | "document"> = {
    get document() {
      return running;
    },
    async apply(document, health) {
      told.push(`engine: ${document.revision}, ${textOf(health)}`);
      const answer = Promise.withResolvers<void>();
      answers.push(answer);
      await answer.promise;
      running = document;
      return { changes: 1, adopted: 0, repaired: 0 };
    },
    setHealth: (health) => void told.push(`engine: ${textOf(health)}`),
  };
  const monitor = {
    apply(document: Document) {
      told.push(`monitor: ${document.revision}`);
      checked = document;
      runner.onHealth({ ...down, why: "told while a document is applied" });
    },
    health,
  };
  const keep = (_: unknown, text: string) => logged.push(text);
  const log = { info: keep, warn: (what: unknown, text: string) => logged.push([text, what]), error: keep };
  const happened: unknown[] = [];
  const events = {
    onDocument: (document: Document) => void happened.push(document.revision),
    onDocumentRefused: (of: unknown) => void happened.push(of),
    onHealth: (of: unknown) => void happened.push(of),
  };
  runner = createDocumentRunner(engine, () => monitor, { log: log as never, events });
  const answer = async (error?: Error) => {
    await settle();
    if (error) answers.shift()!.reject(error);
    else answers.shift()!.resolve();
    await settle();
  };
  return { runner, answer, logged, happened, told: () => told.splice(0) };
}

test("a document is checked first, and goes to the engine with the weights that its checks make", async () => {
  const { runner, answer, told } = setUp();
  runner.run(revision(1));
  await answer();
  expect(told()).toEqual(["monitor: 1", "engine: 1, weights of 1"]);
  expect(runner.problem).toBe("");
  await runner.started;
});

test("documents come into force one after the other", async () => {
  const { runner, answer, told } = setUp();
  for (const n of [1, 2]) runner.run(revision(n));
  await settle();
  expect(told()).toEqual(["monitor: 1", "engine: 1, weights of 1"]);
  await answer();
  expect(told()).toEqual(["monitor: 2", "engine: 2, weights of 2"]);
});

test("documents that newer ones overtake while another comes into force are passed over", async () => {
  const { runner, answer, told, happened } = setUp();
  for (const n of [1, 2, 3, 4]) runner.run(revision(n));
  await answer();
  await answer();
  expect(told().filter((what) => what.startsWith("engine"))).toEqual([
    "engine: 1, weights of 1",
    "engine: 4, weights of 4",
  ]);
  expect(happened).toEqual([1, 4]);
  runner.run(revision(5));
  await answer();
  expect(happened).toEqual([1, 4, 5]);
});

test("a document that does not come into force leaves checks and weights of the one that runs", async () => {
  const { runner, answer, told, logged, happened } = setUp();
  runner.run(revision(1));
  await answer();
  runner.run(revision(2));
  told();
  await answer(new LbError({ code: "refused", doing: "write a service", why: "E2BIG", want: "room" }));
  expect(told()).toEqual(["monitor: 2", "engine: 2, weights of 2", "monitor: 1", "engine: weights of 1"]);
  expect(runner.problem).toBe("revision 2 does not run here: Cannot write a service: E2BIG, wanted room");
  expect(logged).toEqual(["document is in force", "document is not in force"]);
  const why = "Cannot write a service: E2BIG, wanted room";
  expect(happened).toEqual([1, { revision: 2, why }]);
  runner.run(revision(3));
  await answer();
  expect(runner.problem).toBe("");
});

test("a node has not started before a document is in force", async () => {
  const { runner, answer } = setUp();
  let isStarted = false;
  void runner.started.then(() => (isStarted = true));
  runner.run(revision(1));
  await answer(new Error("no"));
  expect(isStarted).toBe(false);
  runner.run(revision(2));
  await answer();
  expect(isStarted).toBe(true);
});

test("a change of health sends all weights and is logged; steps of a slow start and what a document brings about are not", async () => {
  const { runner, answer, told, logged, happened } = setUp();
  runner.run(withDestination);
  await answer();
  told();
  logged.length = 0;
  runner.onHealth(down);
  runner.onHealth({ ...down, up: true });
  runner.onHealth({ ...down, up: true, isStep: true });
  expect(told()).toEqual(["engine: weights of 1", "engine: weights of 1", "engine: weights of 1"]);
  const destination = "tcp 192.0.2.1:80 -> 10.0.0.2:80";
  const says = { destination, effectiveWeight: 0, why: "connection refused" };
  expect(logged).toEqual([["destination is down", says], "destination is up"]);
  expect(happened.slice(1)).toEqual([
    { destination, up: false, weight: 0, why: "connection refused" },
    { destination, up: true, weight: 0, why: "connection refused" },
  ]);
});
