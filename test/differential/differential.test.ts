/**
 * The BPF programs and their TypeScript twin are one fast path: same verdict, reason, bytes, record words, events, upcalls, captured packets, and
 * next hop asked for; at tc, at XDP, and for injected packets.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { REASONS, type Reason } from "../../packages/engine/src/core/verdict.ts";
import type { Topology } from "../../packages/engine/src/dataplane/kernel/testing/topology.ts";
import { atHook, type Fixture, fixtures } from "./fixtures.ts";
import { scenarios } from "./generated.ts";
import { createKernelSide, type KernelSide } from "./kernel-side.ts";
import { createNetwork, type Hook } from "./network.ts";
import type { Outcome, Scenario } from "./scenario.ts";
import { createTwinSide } from "./twin-side.ts";

const HOOKS: readonly Hook[] = ["tc", "xdp", "inject"];
const GENERATED = Number(process.env.DIFFERENTIAL_RUNS ?? 6000);

let topology: Topology;
let kernel: KernelSide;
let twin: (scenario: Scenario) => Outcome;

beforeAll(() => {
  topology = createNetwork();
  kernel = createKernelSide(topology);
  twin = createTwinSide();
});

afterAll(() => {
  kernel.close();
  topology.close();
});

/** The kernel does not run a test with less than an IP header at tc. */
const isTooShort = (s: Scenario): boolean =>
  s.hook !== "xdp" && s.packet.length < (s.etherFamily === 6 ? 40 : 20);

const seen = new Set<string>();

function expectSame(scenario: Scenario): void {
  const outcome = kernel.run(scenario);
  if (outcome === undefined && isTooShort(scenario)) return;
  expect(outcome).toEqual(twin(scenario));
  seen.add(outcome!.reason);
}

const all = [...fixtures()];

test("there are enough fixtures, each with a title of its own", () => {
  expect(all.length).toBeGreaterThanOrEqual(1600);
  expect(new Set(all.map((f) => f.title)).size).toBe(all.length);
});

describe.for(HOOKS)("%s", (hook) => {
  test.for(all.map((f): [string, Fixture] => [f.title, f]))("%s", ([, fixture]) => {
    expectSame(atHook(fixture, hook));
  });
});

test("generated scenarios end the same on both sides", () => {
  const seed = Number(process.env.DIFFERENTIAL_SEED ?? Date.now() | 0);
  console.log(`DIFFERENTIAL_SEED=${seed}`);
  fc.assert(fc.property(scenarios, expectSame), { seed, numRuns: GENERATED });
});

test("between them they have met every reason of the fast path", () => {
  // A full ring has no twin; two take a lightweight tunnel and a broken routing table, and one a packet longer than test runs have.
  const unprovoked: Reason[] = ["ring_full", "fib_unsupported", "fib_failed", "no_room"];
  // numbers are only ever added: what came after the core's first ones
  const late: Reason[] = ["icmp_about_tunnel", "icmp_about_unknown", "delivered", "no_room", "to_be_cut"];
  const first = Object.entries(REASONS).filter(([, { number }]) => number < REASONS.scheduled.number);
  expect(new Set([...seen, ...unprovoked])).toEqual(new Set([...first.map(([name]) => name), ...late]));
});
