import { expect, test } from "vitest";
import { numberOfClient } from "./address-number.ts";
import { SLOTS, shareSlots, slotOf } from "./maglev.ts";
import { mh } from "./mh.ts";
import { schedulerContract } from "./scheduler.contract.ts";
import { candidates, options, request, type TestCandidate } from "./testing.ts";

schedulerContract("mh", mh, { isPartial: true });
schedulerContract("mh", mh, { isPartial: true, given: { port: true } });
schedulerContract("mh", mh, { given: { fallback: true } });

const CLIENTS = Array.from({ length: 500 }, (_, i) => `10.${i & 7}.${i >> 3}.7 40000`);
const create = (all: TestCandidate[], given = {}) => {
  const scheduler = mh<TestCandidate>({ ...options, ...given });
  scheduler.update(all);
  const picks = () => CLIENTS.map((from) => scheduler.pick(request({ from })));
  return { update: scheduler.update, picks };
};

test("mh picks nobody for a quiesced destination's clients, and leaves the others' alone", () => {
  const all = candidates([1, 2, 3], (weight) => ({ weight }));
  const { update, picks } = create(all);
  const before = picks();
  const drained = all[2]!;
  drained.weight = 0;
  update(all);
  expect(picks()).toEqual(before.map((c) => (c === drained ? undefined : c)));
  drained.weight = 3;
  update(all);
  expect(picks()).toEqual(before);
});

test("mh with fallback moves a quiesced destination's clients alone, to all the others", () => {
  const all = candidates([1, 1, 1, 1], (weight) => ({ weight }));
  const { picks } = create(all, { fallback: true });
  const before = picks();
  const drained = all[0]!;
  drained.weight = 0;
  const after = picks();
  const heirs = new Set(after.filter((_, i) => before[i] === drained));
  expect(heirs).toEqual(new Set(all.slice(1)));
  expect(after.filter((_, i) => before[i] !== drained)).toEqual(before.filter((c) => c !== drained));
});

test("mh with fallback hashes the client anew with its slot, the next one, and so on round all slots", () => {
  const all = candidates(Array.from({ length: 50 }), () => ({}));
  const { picks } = create(all, { fallback: true });
  for (const c of all.slice(1)) c.overloaded = true;
  const survivor = all[0]!;
  all[7]!.overloaded = false;
  const owners = shareSlots(all);
  const offsets = Array.from({ length: SLOTS }, (_, i) => i);
  const want = CLIENTS.map((from) => {
    const client = numberOfClient(request({ from }), false);
    const first = slotOf(client);
    const tries = [0, ...offsets.map((i) => (first + i) % SLOTS)];
    const added = tries.find((n) => !owners[slotOf(client + n)]!.overloaded)!;
    return owners[slotOf(client + added)];
  });
  expect(picks()).toEqual(want);
  expect(new Set(want)).toEqual(new Set([survivor, all[7]]));
});

test("mh shares anew when a weight changes, and only then", () => {
  const all = candidates([1, 1], (weight) => ({ weight }));
  let reads = 0;
  const { address } = all[0]!;
  Object.defineProperty(all[0], "address", {
    get() {
      reads++;
      return address;
    },
  });
  const { update } = create(all);
  const readsOnce = reads;
  all[0]!.weight = 0;
  update([...all]);
  expect(reads).toBe(readsOnce);
  Object.assign(all[0]!, { weight: 2, lastWeight: 2 });
  update(all);
  expect(reads).toBe(2 * readsOnce);
});

test("mh looks at the client's port if told so", () => {
  const all = candidates([1, 1, 1], (weight) => ({ weight }));
  const picksOf = (port: boolean) => {
    const scheduler = mh<TestCandidate>({ ...options, port });
    scheduler.update(all);
    const ports = Array.from({ length: 60 }, (_, i) => `192.0.2.1 ${40000 + i}`);
    return new Set(ports.map((from) => scheduler.pick(request({ from })))).size;
  };
  expect([picksOf(false), picksOf(true)]).toEqual([1, 3]);
});
