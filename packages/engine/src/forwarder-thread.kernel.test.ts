/** The engine over a forwarder on a thread of its own: start, questions, restart, and what happens when it cannot. */
import { LbError } from "@tandem/model";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { NO_HEALTH } from "./core/testing.ts";
import { removeKernelDataPlane } from "./dataplane/kernel/kernel.ts";
import { createNamespaces, type Namespaces } from "./dataplane/kernel/testing/namespaces.ts";
import { type Engine, startEngine } from "./engine.ts";
import { startForwarderThread } from "./forwarder-thread.ts";
import { documentOf } from "./testing.ts";

const PLACE = {
  pinDirectory: `/sys/fs/bpf/tandem-test-${process.pid}`,
  lockPath: `/tmp/tandem-test-${process.pid}.lock`,
};
const OPTIONS = { ...PLACE, records: { 4: 64, 6: 64 }, attach: [{ link: "eth0", hook: "tc" as const }] };
const WEB = documentOf([
  { protocol: "tcp", address: "192.0.2.1", port: 80, destinations: [{ address: "10.0.0.1" }] },
]);

let namespaces: Namespaces;
let running: Engine[] = [];

beforeAll(() => {
  namespaces = createNamespaces(["director"]);
  namespaces.enter("director"); // a new thread is in the namespace of the one that makes it
  namespaces.ip("director", "link add eth0 type veth peer name eth1", "link set eth0 up", "link set eth1 up");
});

afterEach(async () => {
  for (const engine of running.splice(0)) await engine.close();
});

afterAll(() => {
  removeKernelDataPlane(PLACE);
  namespaces.close();
});

async function start(options = OPTIONS): Promise<Engine> {
  const engine = await startEngine(startForwarderThread(options));
  running.push(engine);
  return engine;
}

const failure = (promise: Promise<unknown>): Promise<LbError> =>
  promise.then(
    () => Promise.reject(new Error("it should have failed")),
    (error) => error,
  );

test("a forwarder on its thread answers long before it would wake by itself", async () => {
  const engine = await start();
  expect(engine.isTableKept).toBe(false);
  expect(await engine.apply(WEB, NO_HEALTH)).toMatchObject({ changes: 4, adopted: 0 });
  const before = performance.now();
  for (let i = 0; i < 100; i++) expect(await engine.ask("ping", {})).toEqual({ faults: [] });
  expect(performance.now() - before).toBeLessThan(2500); // 100 sleeps of 50 ms would be 5 s
  engine.setHealth({ weights: new Map([[2, 0]]), down: new Set() });
  expect(await engine.ask("services", {})).toMatchObject([
    { serviceId: 1, destinations: [{ destinationId: 2, effectiveWeight: 0 }] },
  ]);
});

test("a forwarder that was stopped leaves its table to the next; what is sent to it then is lost, not an error", async () => {
  const first = await start();
  await first.apply(WEB, NO_HEALTH);
  const closing = first.close();
  first.setHealth(NO_HEALTH);
  await closing;
  first.setHealth(NO_HEALTH);
  expect((await failure(first.ask("ping", {}))).failure).toEqual({
    code: "unavailable",
    what: "the forwarder",
    why: "it has ended",
  });
  running = [];
  const second = await start();
  expect(second.isTableKept).toBe(true);
  expect(await second.apply(WEB, NO_HEALTH)).toMatchObject({ changes: 0 });
});

test("a second forwarder of the same instance is refused, and the first goes on", async () => {
  const first = await start();
  const error = await failure(start());
  expect(error.message).toMatch(/^Cannot take over the data plane: another process holds /);
  expect(await first.ask("ping", {})).toEqual({ faults: [] });
});

test("an interface that is missing is told by the forwarder, and not an error", async () => {
  const engine = await start({ ...OPTIONS, attach: [...OPTIONS.attach, { link: "eth9", hook: "tc" }] });
  expect(await engine.ask("ping", {})).toEqual({ faults: ['Cannot find network interface "eth9"'] });
});

test("a hook that an interface does not have is an error", async () => {
  const error = await failure(start({ ...OPTIONS, attach: [{ link: "lo", hook: "xdp" as "tc" }] }));
  expect(error).toBeInstanceOf(LbError);
  const want = "a driver that does XDP itself, or the hook tc";
  expect(error.message).toBe(`Cannot attach to "lo" at xdp: ENOTSUP, wanted ${want}`);
});
