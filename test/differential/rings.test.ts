/** What the programs do when nobody takes what they hand over: each class of upcalls keeps its share, events and captured packets are counted as lost. */
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  CAPTURE_RING_BYTES,
  CAPTURED,
  CAPTURED_BYTES,
} from "../../packages/engine/src/core/capture/capture-layout.ts";
import { REASONS, type Reason } from "../../packages/engine/src/core/verdict.ts";
import { createKernelCapture } from "../../packages/engine/src/dataplane/kernel/capture.ts";
import { libbpf } from "../../packages/engine/src/dataplane/kernel/libbpf.ts";
import type { Topology } from "../../packages/engine/src/dataplane/kernel/testing/topology.ts";
import { buildIcmpError, buildPacket, type PacketSpec } from "../../packages/engine/src/packet/testing.ts";
import { createTestRun } from "./bpf-run.ts";
import { createNetwork, PLACES } from "./network.ts";
import { loadPrograms, type Programs } from "./programs.ts";
import {
  CAPTURE_ALL,
  CLIENT_PORT,
  encodeRecord,
  flowKeys,
  RECORD_INDEX,
  SLOPPY_PORT,
  VIRTUAL_PORT,
} from "./scenario.ts";

const FLOOD = 6000;
let topology: Topology;
let programs: Programs;
let send: (packet: Uint8Array) => void;

beforeAll(() => {
  topology = createNetwork();
  programs = loadPrograms(topology, { isObserved: false });
  const run = createTestRun(programs.programFd("tc"), "tc");
  const { index, mac } = topology.director.client;
  const head = [...mac, 2, 0, 0, 0, 0, 0, 8, 0];
  send = (packet) => void run({ frame: Uint8Array.from([...head, ...packet]), ifindex: index, gsoSize: 0 });
});

afterAll(() => {
  programs.close();
  topology.close();
});

function counted(reason: Reason): number {
  const perCpu = new BigUint64Array(libbpf().possibleCpus());
  libbpf().lookup(programs.mapFd("counters"), new Uint32Array([REASONS[reason].number]), perCpu);
  return Number(perCpu.reduce((sum, n) => sum + n));
}

const base: PacketSpec = {
  protocol: "tcp",
  from: PLACES.client[4],
  fromPort: CLIENT_PORT,
  to: PLACES.vip[4],
  toPort: VIRTUAL_PORT,
};
const connection = {
  protocol: "tcp",
  method: "masquerade",
  life: 1,
  generation: 1,
  client: "client",
  clientPort: 7,
  virtualPort: VIRTUAL_PORT,
  destination: "server",
  destinationPort: 8080,
} as const;

test("a flood of one class leaves room for the next", () => {
  programs.records[4].set(encodeRecord(4, connection), RECORD_INDEX * 96);
  programs.flows[4].insert(flowKeys(4, connection)[0]!, RECORD_INDEX, 0);
  programs.flows[4].flush(() => {});
  const about = buildPacket({
    ...base,
    from: PLACES.vip[4],
    fromPort: VIRTUAL_PORT,
    to: base.from,
    toPort: 7,
  });
  const classes: [Reason, Uint8Array][] = [
    ["new_flow", buildPacket({ ...base, flags: "S" })],
    ["fragment", buildPacket({ ...base, fragment: 0x2000 })],
    ["icmp_related", buildIcmpError({ from: base.from, to: base.to, type: 3, about })],
    ["mid_stream_sloppy", buildPacket({ ...base, toPort: SLOPPY_PORT })],
  ];
  const ringBytes = 1 << 20;
  const entryBytes = 8 + 256;
  let expected = 0;
  for (const [i, [reason, packet]] of classes.entries()) {
    const fullBefore = counted("ring_full");
    for (let n = 0; n < FLOOD; n++) send(packet);
    const total = Math.floor((ringBytes * [4, 5, 6, 8][i]!) / 8 / entryBytes) + (i < 3 ? 1 : 0);
    expect(counted(reason)).toBe(total - expected);
    expect(counted("ring_full") - fullBefore).toBe(FLOOD - (total - expected));
    expected = total;
  }
  expect(programs.upcalls.drain(Number.MAX_SAFE_INTEGER, () => {})).toBe(expected);
  send(classes[0]![1]);
  expect(programs.upcalls.drain(9, () => {})).toBe(1);
});

test("events that find no room are counted as lost, and the record is changed all the same", () => {
  const life = new Uint32Array(programs.records[4].buffer, RECORD_INDEX * 96 + 4, 1);
  const eventBytes = 8 + 16;
  const room = Math.floor((1 << 22) / eventBytes);
  const packet = buildPacket({ ...base, fromPort: 7 });
  for (let n = 0; n < room + 10; n++) {
    life[0] = 0;
    send(packet);
    if (n > room) expect(life[0]).toBe(1);
  }
  const lost = new BigUint64Array(1);
  libbpf().lookup(programs.mapFd("lost_events"), new Uint32Array(1), lost);
  expect(lost[0]).toBeGreaterThanOrEqual(10n);
  expect(programs.events.drain(Number.MAX_SAFE_INTEGER, () => {})).toBe(room + 10 - Number(lost[0]));
});

test("captured packets that find no room are counted as lost, and all packets go their way", () => {
  const capture = createKernelCapture(programs.mapFd);
  capture.setCapture(CAPTURE_ALL);
  const known = buildPacket({ ...base, fromPort: 7 });
  const first = buildPacket({ ...base, flags: "S" });
  const room = Math.floor(CAPTURE_RING_BYTES / (8 + CAPTURED.size + CAPTURED_BYTES));
  const before = counted("forwarded");
  for (let n = 0; n < room + 10; n++) send(known);
  send(first);
  expect(capture.lostCaptured()).toBe(10);
  expect(counted("forwarded") - before).toBe(room + 10);
  expect(programs.upcalls.drain(9, () => {})).toBe(1);
  expect(capture.drainCaptured(Number.MAX_SAFE_INTEGER, () => {})).toBe(room);
  send(known);
  expect(capture.drainCaptured(9, () => {})).toBe(1);
  expect(capture.lostCaptured()).toBe(10);
  capture.setCapture(undefined);
});
