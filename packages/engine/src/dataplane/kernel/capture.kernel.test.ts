/** Captures of programs that outlive the daemon: what one has left on is off for the next. */
import { readdirSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { CAPTURE } from "../../core/capture/capture-layout.ts";
import type { CaptureFilter } from "../../core/capture/captured.ts";
import { buildPacket } from "../../packet/testing.ts";
import { CAPTURE_MAPS } from "./capture.ts";
import { readReasons } from "./counters.ts";
import { createKernelDataPlane, type KernelDataPlane, removeKernelDataPlane } from "./kernel.ts";
import { openMapOf, openPinned } from "./libbpf.ts";
import { closeFd, mapMemory } from "./syscalls.ts";
import { buildFrame, type FrameSocket, openFrames } from "./testing/frames.ts";
import { createTopology, LINK_NAMES, type Topology } from "./testing/topology.ts";

const PLACE = {
  pinDirectory: `/sys/fs/bpf/tandem-test-${process.pid}`,
  lockPath: `/tmp/tandem-test-${process.pid}.lock`,
};
const STRANGERS: CaptureFilter = { reasons: new Set(["not_ours"]) };
const DEADLINE_MS = 5000;

let topology: Topology;
let socket: FrameSocket;

beforeAll(() => {
  topology = createTopology();
  topology.enter("client");
  socket = openFrames(topology.ends.client.index);
  topology.enter("director");
});

afterEach(() => {
  vi.useRealTimers();
  removeKernelDataPlane(PLACE);
});

afterAll(() => {
  socket.close();
  topology.close();
  rmSync(PLACE.lockPath, { force: true });
});

const start = (): KernelDataPlane =>
  createKernelDataPlane({
    ...PLACE,
    records: { 4: 64, 6: 64 },
    attach: [{ link: LINK_NAMES.client, hook: "tc" }],
  });

/** The setting of the programs as they are pinned, whoever else has it. */
function openSetting(): Buffer {
  const name = readdirSync(PLACE.pinDirectory).find((pin) => pin.startsWith("tandem_tc-"))!;
  const program = openPinned(`${PLACE.pinDirectory}/${name}`)!;
  const map = openMapOf(program, CAPTURE_MAPS.setting)!;
  const setting = Buffer.from(mapMemory(map, CAPTURE.size, { writable: true }));
  closeFd(map);
  closeFd(program);
  return setting;
}

/** Packets of nobody's so far, asked of the map itself: there may be no daemon. */
function countStrangers(): number {
  const counters = openPinned(`${PLACE.pinDirectory}/counters`)!;
  const count = readReasons(counters).get("not_ours") ?? 0;
  closeFd(counters);
  return count;
}

/** A packet comes in that is nobody's. */
async function receive(): Promise<void> {
  const before = countStrangers();
  const to = { to: "192.0.2.250", toPort: 22 };
  const packet = buildPacket({ protocol: "tcp", from: "198.51.100.7", fromPort: 1, ...to });
  socket.send(buildFrame(topology.director.client.mac, topology.ends.client.mac, packet));
  for (const deadline = Date.now() + DEADLINE_MS; countStrangers() === before; await sleep(1))
    if (Date.now() > deadline) throw new Error("the packet was not counted");
}

const shown = (dataplane: KernelDataPlane): number => dataplane.drainCaptured(99, () => {});

test("a daemon that dies while it captures leaves nothing of it to the one that adopts its programs", async () => {
  const first = start();
  first.setCapture(STRANGERS);
  const setting = openSetting();
  const left = Buffer.from(setting);
  await receive();
  expect(shown(first)).toBe(1);
  first.close();
  expect(setting.readUInt32LE(CAPTURE.epoch), "a daemon that ends turns it off").toBe(0);
  left.copy(setting); // as one that is killed does not
  await receive();

  const second = start();
  expect(second.adopted).toBe(true);
  expect(setting.readUInt32LE(CAPTURE.epoch)).toBe(0);
  await receive();
  expect(shown(second)).toBe(0);
  second.setCapture(STRANGERS);
  expect(shown(second)).toBe(0);
  await receive();
  expect(shown(second)).toBe(1);
  second.close();
});

test("a clock that is set is followed, by a capture that begins and by one that runs", async () => {
  const dataplane = start();
  const expectNow = (timeMs: number) => expect(Math.abs(timeMs - Date.now())).toBeLessThan(60_000);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 7_200_000 });
  dataplane.setCapture(STRANGERS);
  expectNow(dataplane.timeMs());
  vi.setSystemTime(Date.now() + 3_600_000);
  await receive();
  expect(dataplane.drainCaptured(99, ({ timeMs }) => expectNow(timeMs))).toBe(1);
  expectNow(dataplane.timeMs());
  dataplane.close();
});
