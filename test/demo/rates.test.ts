import { expect, test } from "vitest";
import { fakeServices } from "../../packages/cli/src/testing/fake-services.ts";
import { perSecond } from "./rates.ts";

const [service] = fakeServices;
const [first] = service!.destinations;
const grown = (by: number) => ({
  ...service!,
  traffic: { ...service!.traffic, inBytes: service!.traffic.inBytes + by },
  destinations: [{ ...first!, traffic: { ...first!.traffic, outPackets: first!.traffic.outPackets + by } }],
});

test("rates are what came, per second, of services and destinations alike", () => {
  const [rated] = perSecond([service!], [grown(3000)], 2);
  expect(rated!.traffic).toEqual({ connections: 0, inPackets: 0, inBytes: 1500, outPackets: 0, outBytes: 0 });
  expect(rated!.destinations[0]!.traffic).toMatchObject({ inPackets: 0, outPackets: 1500 });
});

test("what is new counts from zero, and so does a total that fell", () => {
  expect(perSecond([], [service!], 1)[0]!.traffic).toEqual(service!.traffic);
  const [rated] = perSecond([grown(3000)], [service!], 1);
  expect(rated!.traffic.inBytes).toBe(service!.traffic.inBytes);
});
