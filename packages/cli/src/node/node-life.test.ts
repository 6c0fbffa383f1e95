import { expect, onTestFinished, test } from "vitest";
import type { BuiltNode } from "./built-node.ts";
import type { NodeDoors } from "./node-doors.ts";
import { startLife } from "./node-life.ts";

/** A life of parts that tell what happens to them; leaving the cluster takes a moment, in which `meanwhile` happens. */
function createScene(meanwhile: () => void = () => {}) {
  const log: string[] = [];
  const started = Promise.withResolvers<void>();
  const settle = () => new Promise(setImmediate);
  const built = {
    core: { events: {}, failed: Promise.withResolvers() },
    link: {},
    document: { runner: { started: started.promise } },
    seat: {
      setReady() {},
      take: async () => void log.push("take seat"),
      leave: async () => void log.push("leave seat"),
    },
    membership: {
      join: () => void log.push("join"),
      async [Symbol.asyncDispose]() {
        log.push("leave cluster");
        meanwhile();
        await settle();
      },
    },
  } as unknown as BuiltNode;
  const life = startLife(built, {} as NodeDoors);
  return { life, log, started, settle };
}

test("a node joins its cluster once the first document runs, and leaves it before its seat", async () => {
  const { life, log, started, settle } = createScene();
  onTestFinished(() => life[Symbol.asyncDispose]());
  await settle();
  expect(log).toEqual([]);
  started.resolve();
  await settle();
  expect(log.splice(0)).toEqual(["join", "take seat"]);
  await life[Symbol.asyncDispose]();
  expect(log).toEqual(["leave cluster", "leave seat"]);
});

test("a first document that comes into force while the node ends makes it join nothing", async () => {
  const { life, log, started, settle } = createScene(() => started.resolve());
  await life[Symbol.asyncDispose]();
  await settle();
  expect(log).toEqual(["leave cluster", "leave seat"]);
});
