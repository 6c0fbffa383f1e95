/**
 * The shared record under fire: two CPUs forward packets of many clients while the owner kills the one record that all their flows lead to
 * and brings it to life for the next client, without the quarantine that real life has. No packet goes to another client's destination,
 * no count and no change of `life` is lost.
 */

import { once } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  ADDRESS,
  ADDRESS_WORDS,
  EVENT,
  RECORD,
  RECORD_BYTES,
} from "../../packages/engine/src/core/layout.ts";
import { readCounter, readField, recordArray } from "../../packages/engine/src/core/record.ts";
import type { Topology } from "../../packages/engine/src/dataplane/kernel/testing/topology.ts";
import { buildPacket } from "../../packages/engine/src/packet/testing.ts";
import { fromClient } from "./fixtures.ts";
import { createNetwork, type Family, PLACES } from "./network.ts";
import { loadPrograms, type Programs } from "./programs.ts";
import { type Connection, encodeRecord, flowKeys, RECORD_INDEX, VIRTUAL_PORT } from "./scenario.ts";
import type { StressOrder, StressPacket, StressReport } from "./stress-worker.ts";

const RUNS_PER_CPU = Number(process.env.STRESS_RUNS ?? 100_000);
const CLIENTS = 16;
/** The owner counts its own changes of `life` in bits that the fast path does not know. */
const OWN_COUNT_SHIFT = 16;

let topology: Topology;
let programs: Programs;

beforeAll(() => {
  topology = createNetwork();
  programs = loadPrograms(topology, { isObserved: false });
});

afterAll(() => {
  programs.close();
  topology.close();
});

/** Each client has a destination of its own: address and port. */
function connectionOf(client: number): Connection {
  return {
    protocol: "tcp",
    method: "masquerade",
    life: 1,
    generation: 1,
    client: "client",
    clientPort: 1000 + client,
    virtualPort: VIRTUAL_PORT,
    destination: client % 2 === 0 ? "server" : "gateway",
    destinationPort: 5000 + client,
  };
}

/** Segments that drive the state round and round: FIN, RST and ACK of each client. */
function packetsOf(family: Family, clients: number): StressPacket[] {
  const { mac } = topology.director.client;
  const header = [...mac, 2, 0, 0, 0, 0, 0, ...(family === 4 ? [0x08, 0x00] : [0x86, 0xdd])];
  return Array.from({ length: clients }, (_, i) => connectionOf(i)).flatMap((c) =>
    ["A", "FA", "RA", "SA"].map((flags) => {
      const to = { to: PLACES[c.destination][family], toPort: c.destinationPort, ttl: 63 };
      return {
        frame: Uint8Array.from([...header, ...buildPacket(fromClient(family, c, { flags }))]),
        forwarded: buildPacket(fromClient(family, c, { flags, ...to })),
      };
    }),
  );
}

interface Change {
  before: number;
  after: number;
}

interface Owner {
  readonly words: Uint32Array;
  /** What the owner and, by their events, the programs did to `life`. */
  readonly changes: Change[];
  /** Dead, another client's, alive: in the steps of docs/wire/record.md, as fast as it goes. */
  rebirth(): void;
  /** One more in the owner's own bits of `life`. */
  changeLife(): void;
  births(): number;
}

/** The owner of the one record, which is alive for the first client. */
function createOwner(family: Family): Owner {
  programs.records[family].set(encodeRecord(family, connectionOf(0)), RECORD_INDEX * RECORD_BYTES[family]);
  const words = new Uint32Array(programs.records[family].buffer);
  const at = (RECORD_INDEX * RECORD_BYTES[family]) / 4;
  const addressAt = at + RECORD.addresses + ADDRESS.destination * ADDRESS_WORDS[family];
  const templates = Array.from({ length: CLIENTS }, (_, i) => {
    const bytes = encodeRecord(family, connectionOf(i));
    return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  });
  const changes: Change[] = [];
  let births = 0;

  function rebirth(): void {
    const template = templates[births++ % CLIENTS]!;
    Atomics.add(words, at + RECORD.generation, 1);
    for (const field of [RECORD.clientPorts, RECORD.serverPorts])
      Atomics.store(words, at + field, template[field]!);
    for (let i = 0; i < ADDRESS_WORDS[family]; i++) {
      Atomics.store(words, addressAt + i, template[addressAt - at + i]!);
    }
    Atomics.add(words, at + RECORD.generation, 1);
  }

  function changeLife(): void {
    for (;;) {
      const before = Atomics.load(words, at + RECORD.life);
      const after = (before + (1 << OWN_COUNT_SHIFT)) >>> 0;
      if (Atomics.compareExchange(words, at + RECORD.life, before, after) !== before) continue;
      changes.push({ before, after });
      return;
    }
  }

  return { words, changes, rebirth, changeLife, births: () => births };
}

function startWorker(order: StressOrder): Promise<StressReport> {
  const worker = new Worker(new URL("./stress-worker.ts", import.meta.url), { workerData: order });
  const report = once(worker, "message") as Promise<[StressReport]>;
  return report.then(([r]) => r);
}

/** Every value that was ever left was come to before: a lost compare-and-swap would break the chain. */
function countBrokenLinks(changes: readonly Change[], first: number, last: number): number {
  const balance = new Map<number, number>([[first, 1]]);
  const move = (value: number, by: number) => balance.set(value, (balance.get(value) ?? 0) + by);
  for (const { before, after } of changes) {
    move(before, -1);
    move(after, 1);
  }
  move(last, -1);
  return [...balance.values()].filter((n) => n !== 0).length;
}

interface Fight {
  readonly reports: readonly StressReport[];
  /** Packets and bytes that the record counted. */
  readonly counted: readonly number[];
  readonly brokenLinks: number;
}

/** Both CPUs send `packets` while the owner does `disturb` without a pause. */
async function fight(
  family: Family,
  packets: readonly StressPacket[],
  owner: Owner,
  disturb: () => void,
): Promise<Fight> {
  const r = recordArray(family, owner.words);
  const life = () => readField(r, RECORD_INDEX, RECORD.life);
  const counters = () =>
    [RECORD.inPackets, RECORD.inBytes].map((field) => readCounter(r, RECORD_INDEX, field));
  const order = { ifindex: topology.director.client.index, packets, runs: RUNS_PER_CPU };
  const { changes } = owner;
  const drain = () =>
    programs.events.drain(Number.MAX_SAFE_INTEGER, (at) => {
      const word = (field: number) => programs.events.data.readUInt32LE(at + field * 4);
      changes.push({ before: word(EVENT.before), after: word(EVENT.after) });
    });
  const [firstLife, before] = [life(), counters()];
  let running = 2;
  const workers = (["tc", "xdp"] as const).map((hook, cpu) => {
    const done = startWorker({ ...order, hook, cpu, programFd: programs.programFd(hook) });
    return done.finally(() => running--);
  });
  while (running > 0) {
    for (let i = 0; i < 500; i++) disturb();
    drain();
    await nextTurn();
  }
  drain();
  const counted = counters().map((n, i) => n - before[i]!);
  return {
    reports: await Promise.all(workers),
    counted,
    brokenLinks: countBrokenLinks(changes, firstLife, life()),
  };
}

describe.for([4, 6] as const)("IPv%d", (family) => {
  let owner: Owner;
  beforeEach(() => {
    owner = createOwner(family);
    for (let i = 0; i < CLIENTS; i++) {
      programs.flows[family].insert(flowKeys(family, connectionOf(i))[0]!, RECORD_INDEX, 0);
    }
    programs.flows[family].flush(() => expect.unreachable("no room for a flow"));
  });

  test("a record that is killed and reborn under its packets: no wrong rewrite, exact sums", async () => {
    const disturb = () => {
      owner.rebirth();
      owner.changeLife();
    };
    const { reports, counted, brokenLinks } = await fight(family, packetsOf(family, CLIENTS), owner, disturb);
    expect(reports.flatMap((report) => report.wrong)).toEqual([]);
    expect(counted).toEqual([sumOf(reports, "forwarded"), sumOf(reports, "bytes")]);
    expect(brokenLinks).toBe(0);
    // It was a fight: both ways of ending happened often, and the record had many lives.
    for (const { forwarded, missed } of reports) {
      expect(Math.min(forwarded, missed)).toBeGreaterThan(RUNS_PER_CPU / 1000);
    }
    expect(owner.births()).toBeGreaterThan(1000);
  });

  test("a living record whose state changes with every packet: no change of it is lost", async () => {
    const { reports, counted, brokenLinks } = await fight(
      family,
      packetsOf(family, 1),
      owner,
      owner.changeLife,
    );
    expect(reports.map(({ wrong, missed }) => [wrong, missed])).toEqual([
      [[], 0],
      [[], 0],
    ]);
    expect(counted).toEqual([2 * RUNS_PER_CPU, sumOf(reports, "bytes")]);
    expect(brokenLinks).toBe(0);
    expect(owner.changes.length).toBeGreaterThan(RUNS_PER_CPU);
  });
});

const sumOf = (reports: readonly StressReport[], field: "forwarded" | "bytes"): number =>
  reports.reduce((total, report) => total + report[field], 0);
