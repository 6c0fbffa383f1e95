import type { ServiceStatus } from "@tandem/engine";
import { LbError } from "@tandem/model";
import { expect, test } from "vitest";
import { fakeServices } from "../../testing/fake-services.ts";
import { createZeroing } from "./zeroing.ts";

const counted = (services: readonly ServiceStatus[]) =>
  services.map((s) => [s.traffic.inPackets, ...s.destinations.map((d) => d.traffic.inPackets)]);
/** All counters `by` higher. */
const later = (services: readonly ServiceStatus[], by: number): ServiceStatus[] =>
  services.map((s) => ({
    ...s,
    traffic: { ...s.traffic, inPackets: s.traffic.inPackets + by },
    destinations: s.destinations.map((d) => ({
      ...d,
      traffic: { ...d.traffic, inPackets: d.traffic.inPackets + by },
    })),
  }));
const [first, ...rest] = fakeServices;

test("zeroed counters start from 0 and go on", () => {
  const zeroing = createZeroing();
  zeroing.zero(fakeServices);
  const zeros = counted(fakeServices).map((s) => s.map(() => 0));
  expect(counted(zeroing.since(fakeServices))).toEqual(zeros);
  expect(counted(zeroing.since(later(fakeServices, 7)))).toEqual(zeros.map((s) => s.map(() => 7)));
});

test("one service is zeroed alone, and with it its destinations", () => {
  const zeroing = createZeroing();
  zeroing.zero(fakeServices, `${first!.protocol} ${first!.address}:${first!.port}`);
  const [zeroed, ...others] = counted(zeroing.since(fakeServices));
  expect(new Set(zeroed)).toEqual(new Set([0]));
  expect(others).toEqual(counted(rest));
});

test("what is zeroed is forgotten when it is gone, and counts for itself when it comes back", () => {
  const zeroing = createZeroing();
  zeroing.zero(fakeServices);
  zeroing.since(rest);
  expect(counted(zeroing.since(fakeServices))[0]).toEqual(counted([first!])[0]);
  zeroing.zero(fakeServices);
  zeroing.zero(rest);
  expect(counted(zeroing.since(fakeServices))[0]).toEqual(counted([first!])[0]);
});

test("what was zeroed is told by id", () => {
  const ids = [first!, ...first!.destinations].map(({ id, traffic }) => [id, traffic]);
  const key = `${first!.protocol} ${first!.address}:${first!.port}`;
  expect([...createZeroing().zero(fakeServices, key)]).toEqual(ids);
});

test("counters that fell have begun anew", () => {
  const zeroing = createZeroing();
  zeroing.zero(later(fakeServices, 1000));
  expect(counted(zeroing.since(fakeServices))).toEqual(counted(fakeServices));
});

test("a service that there is not is refused", () =>
  expect(() => createZeroing().zero(fakeServices, "tcp 192.0.2.99:9")).toThrow(LbError));
