/** The far end of the injection veth: packets that are complete go where the instruction says, everything else ends there. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { INJECT, RECORD_BYTES } from "../../packages/engine/src/core/layout.ts";
import { REASONS, type Reason } from "../../packages/engine/src/core/verdict.ts";
import { libbpf } from "../../packages/engine/src/dataplane/kernel/libbpf.ts";
import type { Topology } from "../../packages/engine/src/dataplane/kernel/testing/topology.ts";
import { buildPacket } from "../../packages/engine/src/packet/testing.ts";
import { createTestRun } from "./bpf-run.ts";
import { createNetwork, type Family, PLACES, type PlaceName } from "./network.ts";
import { hex } from "./packets.ts";
import { loadPrograms, type Programs } from "./programs.ts";
import { type Connection, encodeRecord, RECORDS, SERVER_PORT, VIRTUAL_PORT } from "./scenario.ts";

const ETHERNET_BYTES = 14;
const TC_ACT_SHOT = 2;
const TC_ACT_REDIRECT = 7;
/** Records of the cases: alive, dead, and beyond the table. */
const INDEX = { alive: 3, unroutable: 4, dead: 5, none: RECORDS } as const;

let topology: Topology;
let programs: Programs;
let run: ReturnType<typeof createTestRun>;

beforeAll(() => {
  topology = createNetwork();
  programs = loadPrograms(topology, { isObserved: false });
  run = createTestRun(programs.programFd("inject"), "inject");
  for (const family of [4, 6] as const) {
    install(family, INDEX.alive, { destination: "server" });
    install(family, INDEX.unroutable, { destination: "blackhole" });
    install(family, INDEX.dead, { generation: 2 });
  }
});

afterAll(() => {
  programs.close();
  topology.close();
});

function install(family: Family, index: number, more: Partial<Connection>): void {
  const connection: Connection = {
    protocol: "tcp",
    method: "direct-route",
    life: 1,
    generation: 1,
    client: "client",
    clientPort: 1,
    virtualPort: VIRTUAL_PORT,
    destination: "server",
    destinationPort: SERVER_PORT,
    ...more,
  };
  programs.records[family].set(encodeRecord(family, connection), index * RECORD_BYTES[family]);
}

function reasonsSince(before: ReadonlyMap<Reason, number>): Reason[] {
  return [...counters()].filter(([reason, n]) => n !== before.get(reason)).map(([reason]) => reason);
}

function counters(): Map<Reason, number> {
  const perCpu = new BigUint64Array(libbpf().possibleCpus());
  const rows = Object.entries(REASONS) as [Reason, { number: number }][];
  return new Map(
    rows.map(([reason, { number }]) => {
      libbpf().lookup(programs.mapFd("counters"), new Uint32Array([number]), perCpu);
      return [reason, Number(perCpu.reduce((sum, n) => sum + n))];
    }),
  );
}

interface Case {
  title: string;
  kind: number;
  index?: number;
  to?: PlaceName;
  payloadBytes?: number;
  /** Bytes of the IP packet that are there; all if absent. */
  cutTo?: number;
  want: Reason;
}

describe.for([4, 6] as const)("IPv%d", (family) => {
  const via = family === 4 ? INJECT.via4 : INJECT.via6;
  const cases: Case[] = [
    { title: "route to a server", kind: INJECT.route, to: "server", want: "forwarded" },
    {
      title: "route to a neighbour nobody has heard of",
      kind: INJECT.route,
      to: "stranger",
      want: "forwarded",
    },
    { title: "route to a blackhole", kind: INJECT.route, to: "blackhole", want: "fib_blackhole" },
    { title: "route to this host", kind: INJECT.route, to: "host", want: "fib_not_forwarded" },
    {
      title: "route through too small an MTU",
      kind: INJECT.route,
      to: "narrow",
      payloadBytes: 1400,
      want: "fib_frag_needed",
    },
    { title: "route of a cut packet", kind: INJECT.route, to: "server", cutTo: 50, want: "malformed" },
    { title: "via a record", kind: via, index: INDEX.alive, to: "vip", want: "forwarded" },
    {
      title: "via a record without a route",
      kind: via,
      index: INDEX.unroutable,
      to: "vip",
      want: "fib_blackhole",
    },
    { title: "via a dead record", kind: via, index: INDEX.dead, to: "vip", want: "inject_miss" },
    { title: "via a record that is none", kind: via, index: INDEX.none, to: "vip", want: "inject_miss" },
    { title: "flow that nobody knows", kind: INJECT.flow, to: "vip", want: "inject_miss" },
    { title: "frame of the kernel's own", kind: 0xff, to: "vip", want: "other_host" },
  ];
  for (const c of cases) {
    test(`${c.title}: ${c.want}`, () => {
      const whole = buildPacket({
        protocol: "tcp",
        from: PLACES.client[family],
        fromPort: 9,
        to: PLACES[c.to ?? "server"][family],
        toPort: 99,
        payload: new Uint8Array(c.payloadBytes ?? 20),
      });
      const packet = whole.slice(0, c.cutTo);
      const index = new Uint8Array(new Uint32Array([c.index ?? 0]).buffer);
      const mac = [...topology.director.client.mac, 2, c.kind, ...index];
      const frame = Uint8Array.from([...mac, ...(family === 4 ? [0x08, 0x00] : [0x86, 0xdd]), ...packet]);
      const before = counters();
      const done = run({ frame, ifindex: topology.director.client.index, gsoSize: 0 });
      expect(reasonsSince(before)).toEqual([c.want]);
      expect(done.result).toBe(c.want === "forwarded" ? TC_ACT_REDIRECT : TC_ACT_SHOT);
      expect(hex(done.frame.subarray(ETHERNET_BYTES))).toBe(hex(packet));
    });
  }
});
