/** The kernel data plane keeps every sentence of the contract, at both hooks. */
import { rmSync } from "node:fs";
import { release } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe } from "vitest";
import { REASONS, type Reason } from "../../core/verdict.ts";
import { leaveChecksum } from "../../packet/transport-checksum.ts";
import { packTransitions } from "../../protocols/transitions.ts";
import { type DataPlaneHarness, dataPlaneContract, type Offloads } from "../dataplane.contract.ts";
import type { DataPlane, Policy, ServiceChange } from "../dataplane.ts";
import { loadFastPath } from "./fast-path-object.ts";
import { createKernelDataPlane, type KernelDataPlane, removeKernelDataPlane } from "./kernel.ts";
import { attachProgram } from "./links.ts";
import { turnOffOffloads } from "./offloads.ts";
import { buildFrame, type FrameSocket, openFrames, sendOffloaded } from "./testing/frames.ts";
import { createTopology, LINK_NAMES, SIDES, type Side, type Topology } from "./testing/topology.ts";

const PLACE = {
  pinDirectory: `/sys/fs/bpf/tandem-test-${process.pid}`,
  lockPath: `/tmp/tandem-test-${process.pid}.lock`,
};
const DEADLINE_MS = 5000;
/** Linux 6.1, the oldest that is supported, takes none of UDP yet. */
const OFFLOADS: Offloads = release().startsWith("6.1.") ? ["tcp"] : ["tcp", "udp"];
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

  /** Reasons that were counted since `before`. */
  async function changeSince(before: Map<Reason, number>): Promise<Reason[]> {
    for (const deadline = Date.now() + DEADLINE_MS; Date.now() < deadline; await sleep(1)) {
      const counted = [...dataplane.counters()].filter(([r, n]) => n !== before.get(r));
      if (counted.length > 0) return counted.map(([r]) => r);
    }
    throw new Error("the packet was not counted");
  }

  /** The one reason for one packet. */
  async function reasonSince(before: Map<Reason, number>): Promise<Reason> {
    const [reason, ...others] = await changeSince(before);
    if (others.length > 0) throw new Error(`one packet, two reasons: ${reason} ${others.join(" ")}`);
    return reason!;
  }

  return {
    dataplane,
    async receive(packet) {
      const before = dataplane.counters();
      sockets.client.send(buildFrame(director.client.mac, ends.client.mac, packet));
      const reason = await reasonSince(before);
      return { verdict: REASONS[reason].verdict, reason };
    },
    async receiveOffloaded(packet, gsoSize) {
      const before = dataplane.counters();
      const offloaded = packet.slice();
      leaveChecksumOf(offloaded);
      topology.enter("client");
      const frame = buildFrame(director.client.mac, ends.client.mac, offloaded);
      const isSent = sendOffloaded(ends.client.index, frame, gsoSize);
      topology.enter("director");
      if (!isSent) throw new Error("the kernel does not take such an offloaded packet");
      await changeSince(before);
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

/** Leave the checksum to hardware, as the sender of an offloaded packet does. */
function leaveChecksumOf(packet: Uint8Array): void {
  const isIp4 = packet[0]! >>> 4 === 4;
  const at = isIp4 ? ({ family: 4, transportAt: 20 } as const) : ({ family: 6, transportAt: 40 } as const);
  leaveChecksum(packet, { ...at, protocol: packet[isIp4 ? 9 : 6]!, end: packet.length });
}

/**
 * A frame that XDP redirects arrives at a veth only if the receiving end runs XDP, too: one that passes everything, here. And what XDP forwards meets
 * no hardware that finishes checksums.
 */
function passEverything(): void {
  const object = loadFastPath({ 4: 1, 6: 1 }, { upcalls: 4096, events: 4096 });
  for (const side of SIDES) {
    topology.enter(side);
    attachProgram(topology.ends[side], "xdp", object.programFd("tandem_xdp"));
    turnOffOffloads(topology.ends[side].name);
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
  dataPlaneContract("kernel data plane", () => createHarness(running), OFFLOADS);
});
