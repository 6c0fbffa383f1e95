/** The kernel data plane keeps every sentence of the contract, at both hooks. */
import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe } from "vitest";
import { REASONS, type Reason } from "../../core/verdict.ts";
import { packTransitions } from "../../protocols/transitions.ts";
import { type DataPlaneHarness, dataPlaneContract } from "../dataplane.contract.ts";
import type { DataPlane, Policy, ServiceChange } from "../dataplane.ts";
import { loadFastPath } from "./fast-path-object.ts";
import { createKernelDataPlane, type KernelDataPlane, removeKernelDataPlane } from "./kernel.ts";
import { attachProgram } from "./links.ts";
import { buildFrame, type FrameSocket, openFrames } from "./testing/frames.ts";
import { createTopology, LINK_NAMES, SIDES, type Side, type Topology } from "./testing/topology.ts";

const PLACE = {
  pinDirectory: `/sys/fs/bpf/tandem-test-${process.pid}`,
  lockPath: `/tmp/tandem-test-${process.pid}.lock`,
};
const DEADLINE_MS = 5000;
const ETHERNET_BYTES = 14;

let topology: Topology;
const sockets = {} as Record<Side, FrameSocket>;

beforeAll(() => {
  topology = createTopology();
  for (const side of SIDES) {
    topology.enter(side);
    sockets[side] = openFrames(topology.ends[side].index);
  }
  topology.enter("director");
});

afterAll(() => {
  for (const side of SIDES) sockets[side].close();
  topology.close();
  rmSync(PLACE.lockPath, { force: true });
});

/** Not the neighbour discovery that the director's kernel sends of its own: transport protocols, and tunnels. */
const isTransport = (packet: Uint8Array): boolean =>
  [4, 6, 17, 41, 47, 132].includes(packet[0]! >>> 4 === 4 ? packet[9]! : packet[6]!);

/** Packets that have come to the ends since the last call. */
function left(): Uint8Array[] {
  const packets = SIDES.flatMap((side) => sockets[side].receive()).map((f) => f.subarray(ETHERNET_BYTES));
  return packets.filter(isTransport);
}

const deletionOf = (change: ServiceChange): ServiceChange =>
  ({ ...change, kind: change.kind.replace("set_", "delete_") }) as ServiceChange;

/** What a new data plane does. */
const FIRST_POLICY: Policy = { flags: 0, budget: 0, rules: [], transitions: packTransitions() };

/** One data plane serves all cases of a hook: what the last one left is removed, counters start again from what they were. */
function reset(dataplane: DataPlane): DataPlane {
  for (const family of [4, 6] as const) {
    dataplane.scanFlows(family, (key) => dataplane.deleteFlow(family, key));
    dataplane.records[family].fill(0);
  }
  dataplane.flushFlows(() => {});
  dataplane.drainUpcalls(Number.MAX_SAFE_INTEGER, () => {});
  dataplane.drainEvents(Number.MAX_SAFE_INTEGER, () => {});
  dataplane.program(dataplane.programmed().map(deletionOf));
  dataplane.setPolicy(FIRST_POLICY);
  left();
  const before = dataplane.counters();
  const counters = () =>
    new Map([...dataplane.counters()].map(([r, n]) => [r, n - (before.get(r) ?? 0)] as const));
  return { ...dataplane, counters };
}

function createHarness(running: KernelDataPlane): DataPlaneHarness {
  const dataplane = reset(running);
  const { director, ends } = topology;

  /** The one reason that was counted since `before`. */
  async function reasonSince(before: Map<Reason, number>): Promise<Reason> {
    for (const deadline = Date.now() + DEADLINE_MS; Date.now() < deadline; await sleep(1)) {
      const counted = [...dataplane.counters()].filter(([r, n]) => n !== before.get(r));
      if (counted.length > 1) throw new Error(`one packet, two reasons: ${counted.join(" ")}`);
      if (counted[0]) return counted[0][0];
    }
    throw new Error("the packet was not counted");
  }

  return {
    dataplane,
    async receive(packet) {
      const before = dataplane.counters();
      sockets.client.send(buildFrame(director.client.mac, ends.client.mac, packet));
      const reason = await reasonSince(before);
      return { verdict: REASONS[reason].verdict, reason };
    },
    async left(count) {
      const packets: Uint8Array[] = [];
      for (const deadline = Date.now() + DEADLINE_MS; Date.now() < deadline; await sleep(1)) {
        packets.push(...left());
        if (packets.length >= count) break;
      }
      return packets;
    },
    close() {},
  };
}

/** A frame that XDP redirects arrives at a veth only if the receiving end runs XDP, too: one that passes everything, here. */
function passEverything(): void {
  const object = loadFastPath({ 4: 1, 6: 1 }, { upcalls: 4096, events: 4096 });
  for (const side of SIDES) {
    topology.enter(side);
    attachProgram(topology.ends[side], "xdp", object.programFd("tandem_xdp"));
  }
  topology.enter("director");
  object.close();
}

describe.for(["tc", "xdp"] as const)("%s", (hook) => {
  let running: KernelDataPlane;
  beforeAll(() => {
    if (hook === "xdp") passEverything();
    running = createKernelDataPlane({
      ...PLACE,
      records: { 4: 64, 6: 64 },
      ringBytes: { upcalls: 1 << 20, events: 1 << 16 },
      attach: [{ link: LINK_NAMES.client, hook }],
    });
  });
  afterAll(() => {
    running.close();
    removeKernelDataPlane(PLACE);
  });
  dataPlaneContract("kernel data plane", () => createHarness(running));
});
