import { type Document, DocumentSpec, EMPTY_DOCUMENT, reviseDocument } from "@tandem/model";
import { expect, test } from "vitest";
import { createMemoryNetwork } from "./checkers/memory.ts";
import { createMonitor, type HealthChange } from "./monitor.ts";
import { createVirtualClock } from "./testing/virtual-clock.ts";

const CHECK = { type: "tcp", interval: 1, timeout: 0.5, rise: 2, fall: 3 };
const A = "10.0.0.1:80";
const B = "10.0.0.2:80";
/** Ids: service 1, A 2, B 3. */
const [ID_A, ID_B] = [2, 3];

function revise(
  current: Document,
  change: {
    check?: object | undefined;
    weightA?: number;
    drainA?: boolean;
    only?: string[];
    slowStart?: number;
  } = {},
) {
  const destinations = [
    { address: "10.0.0.1", weight: change.weightA ?? 4, drain: change.drainA ?? false },
    { address: "10.0.0.2", weight: 7 },
  ].filter((d) => change.only?.includes(d.address) ?? true);
  const check = "check" in change ? change.check : CHECK;
  const service = {
    protocol: "tcp",
    address: "192.0.2.1",
    port: 80,
    destinations,
    ...(check && { check }),
    slowStart: change.slowStart ?? 0,
  };
  return reviseDocument(current, DocumentSpec.parse({ version: 1, services: [service] }));
}
const FIRST = revise(EMPTY_DOCUMENT);

function setUp(known?: ReadonlyMap<number, string>) {
  const clock = createVirtualClock();
  const network = createMemoryNetwork();
  network.moods.set(A, "healthy").set(B, "healthy");
  const changes: HealthChange[] = [];
  const monitor = createMonitor({
    clock,
    random: () => 0.5,
    onChange: (change) => changes.push(change),
    createChecker: () => network.checker,
    ...(known && { known }),
  });
  const told = () =>
    changes.splice(0).map((c) => `${c.destinationId} ${c.up ? "up" : "down"} ${c.effectiveWeight} ${c.why}`);
  return { clock, ...network, monitor, told, changes };
}

test("monitor says nothing of destinations that are up", async () => {
  const { clock, monitor, told, asked } = setUp();
  monitor.apply(FIRST);
  await clock.advance(10_000);
  expect(told()).toEqual([]);
  expect(asked.length).toBe(11 + 10);
});

test("monitor asks at once, then once an interval", async () => {
  const { clock, monitor, asked } = setUp();
  monitor.apply(FIRST);
  await clock.advance(0);
  expect(asked).toEqual([A]);
  await clock.advance(5);
  expect(asked).toEqual([A, B]);
  await clock.advance(994);
  expect(asked).toEqual([A, B]);
  await clock.advance(1);
  expect(asked).toEqual([A, B, A]);
});

test("monitor takes the weight after `fall` bad results and gives it back after `rise` good ones", async () => {
  const { clock, monitor, told, moods } = setUp();
  monitor.apply(FIRST);
  moods.set(A, "refusing");
  await clock.advance(1999);
  expect(told()).toEqual([]);
  await clock.advance(1);
  expect(told()).toEqual([`${ID_A} down 0 connection refused`]);
  moods.set(A, "healthy");
  await clock.advance(1000);
  expect(told()).toEqual([]);
  await clock.advance(1000);
  expect(told()).toEqual([`${ID_A} up 4 connected`]);
});

test("monitor calls a silent destination bad at its timeout and does not let checks overlap", async () => {
  const { clock, monitor, told, moods, asked } = setUp();
  moods.set(A, "silent");
  monitor.apply(revise(EMPTY_DOCUMENT, { check: { ...CHECK, interval: 1, timeout: 3, fall: 1 } }));
  await clock.advance(2999);
  expect(asked.filter((a) => a === A).length).toBe(1);
  await clock.advance(1);
  expect(told()).toEqual([`${ID_A} down 0 no answer within 3 s`]);
  await clock.advance(0);
  expect(asked.filter((a) => a === A).length).toBe(2);
});

for (const mood of ["unaskable", "broken"] as const) {
  test(`monitor changes no weight when a check is ${mood}`, async () => {
    const { clock, monitor, told, moods } = setUp();
    monitor.apply(FIRST);
    moods.set(A, mood);
    await clock.advance(10_000);
    expect(told()).toEqual([]);
    expect(monitor.snapshot()[0]).toMatchObject({ up: true, results: { good: 0, bad: 0, unknown: 11 } });
  });
}

test("monitor keeps verdict and rhythm of what a new document leaves alone", async () => {
  const { clock, monitor, told, moods, asked } = setUp();
  monitor.apply(FIRST);
  moods.set(A, "refusing");
  await clock.advance(2500);
  expect(told()).toEqual([`${ID_A} down 0 connection refused`]);
  const before = asked.length;
  monitor.apply(revise(FIRST, { weightA: 9 }));
  await clock.advance(499);
  expect(told()).toEqual([]);
  expect(asked.length).toBe(before);
  expect(monitor.health().weights.get(ID_A)).toBe(0);
  moods.set(A, "healthy");
  await clock.advance(2000);
  expect(told()).toEqual([`${ID_A} up 9 connected`]);
});

test("monitor tells a new configured weight of what is up", async () => {
  const { clock, monitor, told } = setUp();
  monitor.apply(FIRST);
  await clock.advance(100);
  monitor.apply(revise(FIRST, { weightA: 9 }));
  expect(told()).toEqual([`${ID_A} up 9 configured weight is 9`]);
});

test("monitor takes the weight of what is drained, goes on checking it, and gives it back", async () => {
  const { clock, monitor, told, asked } = setUp();
  const drained = revise(EMPTY_DOCUMENT, { drainA: true });
  monitor.apply(drained);
  expect(told()).toEqual([`${ID_A} up 0 drained`]);
  await clock.advance(0);
  expect(asked).toEqual([A]);
  monitor.apply(revise(drained));
  expect(told()).toEqual([`${ID_A} up 4 configured weight is 4`]);
});

test("monitor asks again at once when the check changes, and keeps its verdict until then", async () => {
  const { clock, monitor, told, moods, asked } = setUp();
  monitor.apply(FIRST);
  moods.set(A, "refusing");
  await clock.advance(2500);
  told();
  moods.set("10.0.0.1:81", "healthy").set("10.0.0.2:81", "healthy");
  asked.length = 0;
  monitor.apply(revise(FIRST, { check: { ...CHECK, port: 81, rise: 1 } }));
  expect(monitor.health().weights.get(ID_A)).toBe(0);
  await clock.advance(5);
  expect(asked).toEqual(["10.0.0.1:81", "10.0.0.2:81"]);
  expect(told()).toEqual([`${ID_A} up 4 connected`]);
});

test("monitor forgets half a change of mind when the check changes", async () => {
  const { clock, monitor, told, moods } = setUp();
  monitor.apply(FIRST);
  moods.set(A, "refusing");
  await clock.advance(1500);
  monitor.apply(revise(FIRST, { check: { ...CHECK, timeout: 0.4 } }));
  await clock.advance(1999);
  expect(told()).toEqual([]);
  await clock.advance(1);
  expect(told()).toEqual([`${ID_A} down 0 connection refused`]);
});

test("monitor brings everything up when the check is taken away", async () => {
  const { clock, monitor, told, moods, asked } = setUp();
  monitor.apply(FIRST);
  moods.set(A, "refusing");
  await clock.advance(2500);
  told();
  monitor.apply(revise(FIRST, { check: undefined }));
  expect(told()).toEqual([`${ID_A} up 4 not checked`]);
  asked.length = 0;
  await clock.advance(10_000);
  expect(asked).toEqual([]);
});

test("monitor abandons the check of a destination that is gone", async () => {
  const { clock, monitor, told, moods, asked } = setUp();
  moods.set(A, "silent");
  monitor.apply(revise(EMPTY_DOCUMENT, { check: { ...CHECK, fall: 1 } }));
  await clock.advance(100);
  monitor.apply(revise(FIRST, { only: ["10.0.0.2"] }));
  await clock.advance(10_000);
  expect(told()).toEqual([]);
  expect(asked.filter((a) => a === A).length).toBe(1);
  expect(monitor.snapshot().map((d) => d.destinationId)).toEqual([ID_B]);
  expect([...monitor.health().weights]).toEqual([[ID_B, 7]]);
});

/** What a monitor knows that has seen A go down. */
async function knownAfterOutage() {
  const { clock, monitor, moods } = setUp();
  monitor.apply(FIRST);
  moods.set(A, "refusing");
  await clock.advance(3000);
  return monitor.down();
}

test("monitor starts from what was down before a restart, and tells it", async () => {
  const known = await knownAfterOutage();
  expect([...known.keys()]).toEqual([ID_A]);
  const { clock, monitor, told } = setUp(known);
  monitor.apply(FIRST);
  expect(told()).toEqual([`${ID_A} down 0 down before the restart, not checked yet`]);
  await clock.advance(1000);
  expect(told()).toEqual([`${ID_A} up 4 connected`]);
});

const strangers: [what: string, document: Document][] = [
  ["another check", revise(FIRST, { check: { ...CHECK, port: 81 } })],
  ["other limits", revise(FIRST, { check: { ...CHECK, rise: 3 } })],
  ["no check", revise(FIRST, { check: undefined })],
];
for (const [what, document] of strangers) {
  test(`monitor does not believe an earlier process about a destination that has ${what} now`, async () => {
    const { monitor, told } = setUp(await knownAfterOutage());
    monitor.apply(document);
    expect(told()).toEqual([]);
  });
}

test("monitor believes an earlier process once: a destination that left and returns starts up", async () => {
  const { monitor, told } = setUp(await knownAfterOutage());
  monitor.apply(FIRST);
  monitor.apply(revise(FIRST, { only: ["10.0.0.2"] }));
  told();
  monitor.apply(FIRST);
  expect(told()).toEqual([]);
});

test("monitor describes what it believes", async () => {
  const { clock, monitor, moods } = setUp();
  monitor.apply(FIRST);
  moods.set(B, "refusing");
  await clock.advance(2505);
  expect(monitor.snapshot()[1]).toEqual({
    serviceId: 1,
    destinationId: ID_B,
    isChecked: true,
    up: false,
    configuredWeight: 7,
    effectiveWeight: 0,
    why: "connection refused",
    sinceMs: 500,
    lastCheckAgeMs: 500,
    results: { good: 0, bad: 3, unknown: 0 },
    flips: 1,
  });
});

test("monitor is silent once stopped", async () => {
  const { clock, monitor, told, moods, asked } = setUp();
  monitor.apply(FIRST);
  moods.set(A, "refusing");
  await clock.advance(1500);
  monitor.stop();
  asked.length = 0;
  await clock.advance(10_000);
  expect([told(), asked]).toEqual([[], []]);
});

const SLOW = { weightA: 40, slowStart: 4 };

test("monitor starts nothing slowly where all is new", async () => {
  const { clock, monitor, told } = setUp();
  monitor.apply(revise(EMPTY_DOCUMENT, SLOW));
  await clock.advance(10_000);
  expect(told()).toEqual([]);
  expect(monitor.health().weights.get(ID_A)).toBe(40);
});

test("monitor lets the weight of a destination that comes back grow, a step a second", async () => {
  const { clock, monitor, told, moods } = setUp();
  monitor.apply(revise(EMPTY_DOCUMENT, SLOW));
  moods.set(A, "refusing");
  await clock.advance(2000);
  expect(told()).toEqual([`${ID_A} down 0 connection refused`]);
  moods.set(A, "healthy");
  await clock.advance(2000);
  expect(told()).toEqual([`${ID_A} up 1 connected`]);
  expect(monitor.snapshot()[0]!.why).toBe("slow start: full weight 4 s after it came");
  await clock.advance(999);
  expect(told()).toEqual([]);
  await clock.advance(1);
  expect(told()).toEqual([`${ID_A} up 10 slow start: full weight 4 s after it came`]);
  await clock.advance(3000);
  expect(told()).toEqual([
    `${ID_A} up 20 slow start: full weight 4 s after it came`,
    `${ID_A} up 30 slow start: full weight 4 s after it came`,
    `${ID_A} up 40 configured weight is 40`,
  ]);
  await clock.advance(10_000);
  expect(told()).toEqual([]);
});

test("monitor tells steps of a slow start from news", async () => {
  const { clock, monitor, changes, moods } = setUp();
  monitor.apply(revise(EMPTY_DOCUMENT, SLOW));
  moods.set(A, "refusing");
  await clock.advance(2000);
  moods.set(A, "healthy");
  await clock.advance(4000);
  expect(changes.map((c) => [c.effectiveWeight, c.isStep])).toEqual([
    [0, false],
    [1, false],
    [10, true],
    [20, true],
  ]);
});

test("monitor starts slowly what joins a service that runs, and what is no longer drained", async () => {
  const { clock, monitor, told } = setUp();
  const alone = revise(EMPTY_DOCUMENT, { ...SLOW, only: ["10.0.0.2"] });
  monitor.apply(alone);
  const both = revise(alone, SLOW);
  const id = both.services[0]!.destinations[0]!.id;
  monitor.apply(both);
  expect(told()).toEqual([`${id} up 1 slow start: full weight 4 s after it came`]);
  await clock.advance(4000);
  expect(told().at(-1)).toBe(`${id} up 40 configured weight is 40`);
  const drained = revise(both, { ...SLOW, drainA: true });
  monitor.apply(drained);
  monitor.apply(revise(drained, SLOW));
  expect(told()).toEqual([`${id} up 0 drained`, `${id} up 1 slow start: full weight 4 s after it came`]);
});

test("monitor goes on with a slow start through a new document, and ends it when it goes down", async () => {
  const { clock, monitor, told, moods } = setUp();
  const first = revise(EMPTY_DOCUMENT, SLOW);
  monitor.apply(first);
  moods.set(A, "refusing");
  await clock.advance(2000);
  moods.set(A, "healthy");
  await clock.advance(3500);
  told();
  monitor.apply(revise(first, { ...SLOW, weightA: 80 }));
  expect(told()).toEqual([`${ID_A} up 20 slow start: full weight 4 s after it came`]);
  await clock.advance(500);
  expect(told()).toEqual([`${ID_A} up 40 slow start: full weight 4 s after it came`]);
  monitor.apply(revise(first, { ...SLOW, check: { ...CHECK, fall: 1 } }));
  moods.set(A, "refusing");
  told();
  await clock.advance(0);
  expect(told()).toEqual([`${ID_A} down 0 connection refused`]);
  await clock.advance(10_000);
  expect(told()).toEqual([]);
});

test("monitor takes no step after it stopped", async () => {
  const { clock, monitor, told, moods } = setUp();
  monitor.apply(revise(EMPTY_DOCUMENT, SLOW));
  moods.set(A, "refusing");
  await clock.advance(2000);
  moods.set(A, "healthy");
  await clock.advance(2000);
  told();
  monitor.stop();
  await clock.advance(10_000);
  expect(told()).toEqual([]);
});

test("monitor counts as down what its checks say, not what is drained", async () => {
  const { clock, monitor, moods } = setUp();
  monitor.apply(revise(EMPTY_DOCUMENT, { drainA: true }));
  expect([...monitor.health().down]).toEqual([]);
  moods.set(A, "refusing");
  await clock.advance(2000);
  expect([...monitor.health().down]).toEqual([ID_A]);
});

test("monitor checks the service's port where a destination has the packet's", async () => {
  const { clock, monitor, asked } = setUp();
  const destinations = [{ address: "10.0.0.1", port: 0 }];
  const service = { protocol: "tcp", address: "192.0.2.1", port: 80, destinations, check: CHECK };
  monitor.apply(reviseDocument(EMPTY_DOCUMENT, DocumentSpec.parse({ version: 1, services: [service] })));
  await clock.advance(0);
  expect(asked).toEqual([A]);
});
