import type { NodeStatus } from "@tandem/engine";
import { expect, test } from "vitest";
import { activeOf, describeSite, hasWeight, isActive, isServing, isSynced, isWhole } from "./conditions.ts";
import { service, siteView } from "./testing.ts";

type Said = Partial<NodeStatus> | null;

const wholes: { name: string; d1?: Said; d2?: Said; want: boolean }[] = [
  { name: "all is well", want: true },
  { name: "a director does not answer", d2: null, want: false },
  { name: "a director is not synced", d2: { sync: "loading" }, want: false },
  { name: "a director does not forward", d1: { forwarding: false }, want: false },
  { name: "nobody is active", d1: { role: "standby" }, want: false },
  { name: "both are active", d2: { role: "active" }, want: false },
  { name: "the standby is at another revision", d2: { revision: 2 }, want: false },
  { name: "a director does not reach NATS", d1: { nats: "disconnected" }, want: false },
  { name: "the other one is active", d1: { role: "standby" }, d2: { role: "active" }, want: true },
];
for (const { name, d1 = {}, d2 = {}, want } of wholes) {
  test(`the pair is ${want ? "" : "not "}whole when ${name}`, () =>
    expect(isWhole(siteView(d1, d2))).toBe(want));
}

const actives: { d1: Said; d2: Said; want: string | null }[] = [
  { d1: {}, d2: {}, want: "d1" },
  { d1: null, d2: { role: "active" }, want: "d2" },
  { d1: null, d2: {}, want: null },
  { d1: {}, d2: { role: "active" }, want: null },
];
for (const { d1, d2, want } of actives) {
  test(`the active one of ${JSON.stringify({ d1, d2 })} is ${want}`, () => {
    const site = siteView(d1, d2);
    expect(activeOf(site)).toBe(want);
    expect(isActive("d1")(site)).toBe(want === "d1");
  });
}

test("a director is synced when it is live and forwards", () => {
  expect(isSynced("d2")(siteView(null, {}))).toBe(true);
  expect(isSynced("d2")(siteView({}, { sync: "alone" }))).toBe(false);
  expect(isSynced("d2")(siteView({}, null))).toBe(false);
});

test("a server has a weight when it has it in every service of every director that answers", () => {
  const site = (...weights: [number, number, number][]) => siteView({}, null, weights.map(service));
  expect(hasWeight("s2", 0)(site([1, 0, 1], [1, 0, 1]))).toBe(true);
  expect(hasWeight("s2", 0)(site([1, 0, 1], [1, 1, 1]))).toBe(false);
  expect(hasWeight("s2", 0)(siteView(null, null))).toBe(false);
});

test("the site serves when no destination of any service is out", () => {
  expect(isServing(siteView())).toBe(true);
  expect(isServing(siteView({}, {}, [service(), service([1, 1, 0])]))).toBe(false);
  expect(isServing(siteView({}, null))).toBe(false);
  expect(isServing(siteView({}, {}, []))).toBe(false);
});

test("a destination that was removed neither serves nor is missed", () => {
  const { destinations, ...rest } = service([1, 0, 1]);
  const removed = destinations.map((d) => ({ ...d, removed: d.effectiveWeight === 0 }));
  const site = siteView({}, {}, [{ ...rest, destinations: removed }]);
  expect(isServing(site)).toBe(true);
  expect(hasWeight("s2", 0)(site)).toBe(false);
});

test("the site is described in one line", () => {
  const alarms = ['Peer "d1" is lost'];
  expect(describeSite(siteView(null, { role: "active", sync: "alone", alarms }))).toBe(
    'd1 does not answer; d2 active, alone, revision 3, nats connected (Peer "d1" is lost)',
  );
});
