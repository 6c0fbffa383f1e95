/** The engine over a forwarder on a thread of its own: start, questions, restart, and what happens when it cannot. */
import { LbError } from "@tandem/model";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { CAPTURED_BYTES } from "./core/capture/capture-layout.ts";
import type { CapturedPacket } from "./core/capture/captured.ts";
import { NO_HEALTH } from "./core/testing.ts";
import { removeKernelDataPlane } from "./dataplane/kernel/kernel.ts";
import { findLink } from "./dataplane/kernel/links.ts";
import type { Link } from "./dataplane/kernel/rtnetlink.ts";
import { buildFrame, openFrames } from "./dataplane/kernel/testing/frames.ts";
import { createNamespaces, type Namespaces } from "./dataplane/kernel/testing/namespaces.ts";
import { type Engine, startEngine } from "./engine.ts";
import { startForwarderThread } from "./forwarder-thread.ts";
import { buildPacket } from "./packet/testing.ts";
import { documentOf } from "./testing.ts";

const PLACE = {
  pinDirectory: `/sys/fs/bpf/tandem-test-${process.pid}`,
  lockPath: `/tmp/tandem-test-${process.pid}.lock`,
};
const OPTIONS = { ...PLACE, records: { 4: 64, 6: 64 }, attach: [{ link: "eth0", hook: "tc" as const }] };
const WEB = documentOf([
  { protocol: "tcp", address: "192.0.2.1", port: 80, destinations: [{ address: "10.0.0.1" }] },
]);

const TO_WEB = {
  protocol: "tcp",
  from: "198.51.100.7",
  fromPort: 40_000,
  to: "192.0.2.1",
  toPort: 80,
} as const;

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

test("a capture shows on the main thread what the fast path and the core decide, until it ends", async () => {
  const engine = await start();
  await engine.apply(WEB, NO_HEALTH);
  const [near, far] = ["eth0", "eth1"].map(findLink) as [Link, Link];
  const socket = openFrames(far.index);
  const send = (flags: string, fromPort = TO_WEB.fromPort as number) => {
    const packet = buildPacket({ ...TO_WEB, fromPort, flags, payload: "x".repeat(300) });
    socket.send(buildFrame(near.mac, far.mac, packet));
    return packet.slice(0, CAPTURED_BYTES);
  };
  const seen: CapturedPacket[] = [];
  const both = Promise.withResolvers<void>();
  const stop = engine.capture(
    { reasons: new Set(["scheduled", "mid_stream"]) },
    {
      tell({ packets }) {
        seen.push(...packets);
        if (seen.length === 2) both.resolve();
      },
      fail: both.reject,
    },
  );
  await engine.ask("ping", {}); // the order has been carried out
  const bytes = [send("A"), send("S")];
  await both.promise;
  const same = { interface: "eth0", service: 1, from: "client", clientPort: 40_000, packetBytes: 340 };
  expect(seen).toMatchObject([
    { ...same, path: "fast", reason: "mid_stream", destination: 0, bytes: bytes[0] },
    { ...same, path: "core", reason: "scheduled", destination: 2, bytes: bytes[1] },
  ]);
  expect(Math.abs(seen[0]!.timeMs - Date.now())).toBeLessThan(60_000);
  stop();
  await engine.ask("ping", {});
  send("A", 9);
  while (((await engine.ask("counts", {})).packets.get("mid_stream") ?? 0) < 2);
  expect(seen).toHaveLength(2);
  socket.close();
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
