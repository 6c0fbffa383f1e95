/** A daemon killed between any two steps of making and freeing a connection in the kernel: the next one finds it out and mends it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { DocumentSpec, EMPTY_DOCUMENT, reviseDocument } from "@tandem/model";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { RECORD } from "../../packages/engine/src/core/layout.ts";
import { isAlive, matchesKey, recordArray } from "../../packages/engine/src/core/record.ts";
import { directionsOf } from "../../packages/engine/src/core/table/connection-table.ts";
import { CONTRACT_NETWORK } from "../../packages/engine/src/dataplane/dataplane.contract.ts";
import type { DataPlane } from "../../packages/engine/src/dataplane/dataplane.ts";
import {
  createKernelDataPlane,
  type KernelDataPlane,
  removeKernelDataPlane,
} from "../../packages/engine/src/dataplane/kernel/kernel.ts";
import {
  buildFrame,
  type FrameSocket,
  openFrames,
} from "../../packages/engine/src/dataplane/kernel/testing/frames.ts";
import {
  createTopology,
  SIDES,
  type Side,
  type Topology,
} from "../../packages/engine/src/dataplane/kernel/testing/topology.ts";
import { createForwarder, type Forwarder } from "../../packages/engine/src/forwarder.ts";
import type { Answer, QuestionName } from "../../packages/engine/src/forwarder-protocol.ts";
import { buildPacket } from "../../packages/engine/src/packet/testing.ts";
import { until } from "../lab/until.ts";
import type { MortalOptions } from "./mortal-forwarder.ts";

const PROGRAM = new URL("./mortal-forwarder.ts", import.meta.url).pathname;
const DEADLINE_MS = 10_000;
/** For a dozen daemons, one after the other, on a busy machine. */
const TEST_DEADLINE_MS = 300_000;
/** A day in ticks of 2^20 ns: every timer fires in it. */
const LEAP_TICKS = 82_397_461;
const ETHERNET_BYTES = 14;
const SERVER_PORT = 8080;
const PORT = { masquerade: 80, direct: 81, datagrams: 53 } as const;
const CLIENT_PORT = 40_000;

const place = {
  pinDirectory: `/sys/fs/bpf/tandem-crash-${process.pid}`,
  lockPath: `/tmp/tandem-crash-${process.pid}.lock`,
  records: { 4: 64, 6: 64 },
  attach: SIDES.map((side) => ({ link: `${side}0`, hook: "tc" as const })),
  ringBytes: { upcalls: 1 << 18, events: 1 << 16 },
};

const services = Object.values(CONTRACT_NETWORK).flatMap(({ vip: address, server }) => {
  const masqueraded = { address, destinations: [{ address: server, port: SERVER_PORT }] };
  return [
    { ...masqueraded, protocol: "tcp", port: PORT.masquerade },
    { ...masqueraded, protocol: "udp", port: PORT.datagrams },
    {
      ...{ address, protocol: "tcp", port: PORT.direct, method: "direct-route" },
      destinations: [{ address: server }],
    },
  ];
});
const document = reviseDocument(EMPTY_DOCUMENT, DocumentSpec.parse({ version: 1, services }));

let topology: Topology;
const ends = {} as Record<Side, FrameSocket>;

beforeAll(() => {
  topology = createTopology();
  for (const side of SIDES) {
    topology.enter(side);
    ends[side] = openFrames(topology.ends[side].index);
  }
  topology.enter("director");
});
afterAll(() => {
  for (const side of SIDES) ends[side]?.close();
  topology?.close();
  rmSync(place.lockPath, { force: true });
});
// Within a test each daemon adopts what the one before it left: verifying the programs anew would take most of the time.
afterEach(() => removeKernelDataPlane(place));

/** A client's packet of the connection under test, or of another one. */
interface FromClient {
  readonly family?: 4 | 6;
  readonly port: number;
  readonly flags?: string;
  readonly clientPort?: number;
}

function sendFromClient({ family = 4, port, flags = "S", clientPort = CLIENT_PORT }: FromClient): void {
  const { client, vip } = CONTRACT_NETWORK[family];
  const protocol = port === PORT.datagrams ? "udp" : "tcp";
  const packet = buildPacket({ protocol, from: client, fromPort: clientPort, to: vip, toPort: port, flags });
  ends.client.send(buildFrame(topology.director.client.mac, topology.ends.client.mac, packet));
}

/** Wait for a TCP or UDP packet that comes to an end, from its IP header on. */
function arrives(side: Side): Promise<Uint8Array> {
  const isTransport = (p: Uint8Array) => [6, 17].includes(p[0]! >>> 4 === 4 ? p[9]! : p[6]!);
  const next = () =>
    ends[side]
      .receive()
      .map((frame) => frame.subarray(ETHERNET_BYTES))
      .find(isTransport);
  return until(next, { deadlineMs: DEADLINE_MS, what: `a packet comes to the ${side}`, everyMs: 1 });
}

/** One run of the mortal program. */
async function startMortal(dieAt: number) {
  const options: MortalOptions = { place, document, dieAt, leapTicks: LEAP_TICKS };
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(options)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit") as Promise<[number | null, string | null]>;
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe("ready");
  child.stdin.on("error", () => {}); // it may die of what it is told
  return {
    /** Count steps from here on. */
    async arm(): Promise<void> {
      child.stdin.write("arm\n");
      expect((await lines.next()).value).toBe("armed");
    },
    leap: () => void child.stdin.write("leap\n"),
    /** Let it come to its end, and say how many steps it made. */
    async end(): Promise<number> {
      child.stdin.end();
      const steps = Number((await lines.next()).value);
      await ended;
      return steps;
    },
    async death(): Promise<void> {
      expect((await ended)[1]).toBe("SIGKILL");
    },
  };
}
type Mortal = Awaited<ReturnType<typeof startMortal>>;

/** What leads to the steps, and what they are part of. */
interface Scenario {
  readonly name: string;
  /** The client's SYN, or first datagram. */
  readonly first: FromClient;
  /** Fewest steps that this is known to take: an entry or a batch of packets less would be seen. */
  readonly leastSteps: number;
  /** Before the steps count. */
  prepare(mortal: Mortal): Promise<void>;
  act(mortal: Mortal): void;
  /** How it is seen that nobody died; for what makes packets only. */
  readonly isSeenAtServer: boolean;
}

const nothing = async () => {};
const created = (name: string, first: FromClient, leastSteps: number): Scenario => ({
  name,
  first,
  leastSteps,
  prepare: nothing,
  act: () => sendFromClient(first),
  isSeenAtServer: true,
});
const established = (first: FromClient) => async () => {
  sendFromClient(first);
  await arrives("server");
};

const SCENARIOS: readonly Scenario[] = [
  created("a masqueraded TCP connection is made", { port: PORT.masquerade }, 4),
  created("the same over IPv6", { family: 6, port: PORT.masquerade }, 4),
  created("a UDP flow is made", { port: PORT.datagrams }, 4),
  created("a direct-routed connection is made", { port: PORT.direct }, 3),
  {
    name: "a masqueraded connection expires",
    first: { port: PORT.masquerade },
    leastSteps: 2,
    prepare: established({ port: PORT.masquerade }),
    act: (mortal) => mortal.leap(),
    isSeenAtServer: false,
  },
  {
    name: "a direct-routed connection expires",
    first: { port: PORT.direct },
    leastSteps: 1,
    prepare: established({ port: PORT.direct }),
    act: (mortal) => mortal.leap(),
    isSeenAtServer: false,
  },
  {
    name: "a connection that was reset makes room for a new one of the same ports",
    first: { port: PORT.masquerade },
    leastSteps: 6,
    async prepare() {
      for (const flags of ["S", "A", "R"]) await established({ port: PORT.masquerade, flags })();
    },
    act: () => sendFromClient({ port: PORT.masquerade }),
    isSeenAtServer: true,
  },
];

/** How many steps a scenario has when nobody dies. */
async function countSteps(s: Scenario): Promise<number> {
  const mortal = await startMortal(0);
  await s.prepare(mortal);
  await mortal.arm();
  s.act(mortal);
  if (s.isSeenAtServer) await arrives("server");
  const steps = await mortal.end();
  removeKernelDataPlane(place);
  return steps;
}

/** The daemon after the one that died, in this process. */
interface Successor {
  readonly kernel: KernelDataPlane;
  readonly adoption: Answer<"program">;
  turn(): void;
  ask<Q extends QuestionName>(name: Q, what: object): Answer<Q>;
  /** Let a day pass, so that every timer fires. */
  leap(): void;
}

function startSuccessor(): Successor {
  const kernel = createKernelDataPlane(place);
  let leap = 0;
  const plane: DataPlane = { ...kernel, now: () => (kernel.now() + leap) >>> 0 };
  let answer: unknown;
  const forwarder: Forwarder = createForwarder(
    plane,
    (event) => event.type === "answer" && (answer = event.answer),
    1,
  );
  function ask<Q extends QuestionName>(name: Q, what: object): Answer<Q> {
    forwarder.handle({ type: "question", id: 1, name, ask: what } as never);
    return answer as Answer<Q>;
  }
  const adoption = ask("program", { document, weights: new Map(), down: new Set() });
  return {
    kernel,
    adoption,
    ask,
    turn: forwarder.turn,
    leap: () => void (leap = LEAP_TICKS),
  };
}

/** Every flow leads to the living record that it belongs to, and every living record has all its flows. Returns how many records live. */
function expectAgreement(kernel: KernelDataPlane): number {
  let living = 0;
  for (const family of [4, 6] as const) {
    const r = recordArray(family, kernel.records[family]);
    const flows = new Map<number, number[]>();
    kernel.scanFlows(family, (key, index, direction) => {
      const words = new Uint32Array(Uint8Array.from(key).buffer);
      expect([index < r.capacity, isAlive(r, index), matchesKey(r, index, direction, words)]).toEqual([
        true,
        true,
        true,
      ]);
      flows.set(index, [...(flows.get(index) ?? []), direction].sort());
    });
    for (let index = 0; index < r.capacity; index++) {
      if (!isAlive(r, index)) continue;
      living++;
      const wanted = directionsOf(r, index).toSorted();
      expect(flows.get(index)).toEqual(wanted);
    }
  }
  return living;
}

/** Take turns until a packet has come to an end. */
async function turnUntil(successor: Successor, side: Side): Promise<Uint8Array> {
  let isThere = false;
  const packet = arrives(side).finally(() => (isThere = true));
  while (!isThere) {
    successor.turn();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return packet;
}

const portsOf = (p: Uint8Array) => {
  const at = p[0]! >>> 4 === 4 ? 20 : 40;
  return [(p[at]! << 8) | p[at + 1]!, (p[at + 2]! << 8) | p[at + 3]!];
};

/** The client's packet comes to the server, and the server's answer to the client, as the virtual service's. */
async function expectService(successor: Successor, packet: FromClient): Promise<void> {
  const { family = 4, port, clientPort = CLIENT_PORT } = packet;
  const { client, server } = CONTRACT_NETWORK[family];
  sendFromClient(packet);
  const isDirect = port === PORT.direct;
  const there = await turnUntil(successor, "server");
  expect(portsOf(there)).toEqual([clientPort, isDirect ? port : SERVER_PORT]);
  if (isDirect) return; // the answer does not come this way
  const protocol = port === PORT.datagrams ? "udp" : "tcp";
  const from = { protocol, from: server, fromPort: SERVER_PORT } as const;
  const answer = buildPacket({ ...from, to: client, toPort: clientPort, flags: "SA" });
  ends.server.send(buildFrame(topology.director.server.mac, topology.ends.server.mac, answer));
  expect(portsOf(await turnUntil(successor, "client"))).toEqual([port, clientPort]);
}

/** What must hold once the next daemon runs, whatever the last one died of. */
async function expectMended(s: Scenario): Promise<void> {
  for (const side of SIDES) ends[side].receive();
  const successor = startSuccessor();
  try {
    const living = expectAgreement(successor.kernel);
    expect(successor.adoption.adopted).toBe(living);
    expect(living).toBeLessThanOrEqual(1);
    successor.turn(); // what waited in the ring since then
    for (const side of SIDES) ends[side].receive();
    await expectService(successor, s.first); // the client tries again
    await expectService(successor, { ...s.first, clientPort: CLIENT_PORT + 1 });
    expect(expectAgreement(successor.kernel)).toBe(2);
    const destinations = successor.ask("services", {}).flatMap((s) => s.destinations);
    const counted = destinations.reduce((sum, d) => sum + d.activeConnections + d.inactiveConnections, 0);
    expect([successor.ask("counts", {}).connections, counted]).toEqual([2, 2]);
    successor.leap();
    for (let i = 0; i < 4; i++) successor.turn();
    expect(expectAgreement(successor.kernel)).toBe(0);
    expect(successor.ask("counts", {}).connections).toBe(0);
  } finally {
    successor.kernel.close();
  }
}

describe("a daemon dies while", () => {
  for (const s of SCENARIOS) {
    test(
      `${s.name}: whichever step it dies at, the next one mends it`,
      async () => {
        const steps = await countSteps(s);
        expect(steps).toBeGreaterThanOrEqual(s.leastSteps);
        for (let dieAt = 1; dieAt <= steps; dieAt++) {
          const mortal = await startMortal(dieAt);
          await s.prepare(mortal);
          await mortal.arm();
          s.act(mortal);
          await mortal.death();
          await expectMended(s);
        }
      },
      TEST_DEADLINE_MS,
    );
  }

  test("a record is filled but not alive yet: it is as free as before", async () => {
    const first = startSuccessor();
    for (const words of Object.values(first.kernel.records)) {
      const { stride, capacity } = recordArray(words === first.kernel.records[4] ? 4 : 6, words);
      for (let i = 0; i < capacity * stride; i++)
        if (i % stride !== RECORD.generation) words[i] = 0xffff_ffff;
    }
    first.kernel.close();
    await expectMended(SCENARIOS[0]!);
  });
});
