import { expect, test } from "vitest";
import { type Captured, type CaptureFilter, isShown, widestFilter } from "./captured.ts";
import { createCaptured } from "./credit.ts";

const V4 = Uint8Array.of(198, 51, 100, 7);
const V6 = Uint8Array.of(...V4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
const dropped: Captured = {
  ...createCaptured(),
  ...{ reason: "mid_stream", service: 1, client: V4, clientPort: 40_000 },
};
const DROPS: CaptureFilter = { reasons: new Set(["mid_stream"]) };

const cases: [what: string, filter: CaptureFilter, packet: Captured, wanted: boolean][] = [
  ["any with its reason", DROPS, dropped, true],
  ["none with another reason", { reasons: new Set(["forwarded"]) }, dropped, false],
  ["those of its service", { ...DROPS, service: 1 }, dropped, true],
  ["none of another service", { ...DROPS, service: 2 }, dropped, false],
  ["those of its client", { ...DROPS, client: { address: V4, port: 0 } }, dropped, true],
  ["those of its client's port", { ...DROPS, client: { address: V4, port: 40_000 } }, dropped, true],
  ["none of another port", { ...DROPS, client: { address: V4, port: 40_001 } }, dropped, false],
  [
    "none of an IPv6 client that begins as its own",
    { ...DROPS, client: { address: V4, port: 0 } },
    { ...dropped, client: V6 },
    false,
  ],
  [
    "none of an IPv4 client that its own begins as",
    { ...DROPS, client: { address: V6, port: 0 } },
    dropped,
    false,
  ],
];
for (const [what, filter, packet, wanted] of cases) {
  test(`a filter shows ${what}`, () => expect(isShown(filter, packet)).toBe(wanted));
}

test("the widest of one filter is that one, and of none there is none", () => {
  const one: CaptureFilter = { reasons: new Set(["forwarded"]), service: 1 };
  expect(widestFilter([])).toBeUndefined();
  expect(widestFilter([one])).toBe(one);
});

const [client, other] = [
  { address: V4, port: 80 },
  { address: Uint8Array.of(198, 51, 100, 8), port: 80 },
];
type Place = Omit<CaptureFilter, "reasons">;
const widest: [what: string, one: Place, other: Place, wanted: Place][] = [
  ["the service of both", { service: 1 }, { service: 1, client }, { service: 1 }],
  ["any service where they differ", { service: 1 }, { service: 2 }, {}],
  ["any service where the first has all", {}, { service: 1 }, {}],
  ["any service where the second has all", { service: 1 }, {}, {}],
  ["the client of both", { client: { ...client, address: V4.slice() } }, { service: 1, client }, { client }],
  ["any client where they differ", { client }, { client: other }, {}],
  [
    "any port of the client where they differ",
    { client },
    { client: { ...client, port: 81 } },
    { client: { ...client, port: 0 } },
  ],
  ["any client where one is of IPv6", { client }, { client: { ...client, address: V6 } }, {}],
  ["any client where the first has all", {}, { client }, {}],
  ["any client where the second has all", { client }, {}, {}],
];
for (const [what, one, other, wanted] of widest) {
  test(`the widest of several filters has the reasons of all, and ${what}`, () =>
    expect(
      widestFilter([
        { ...DROPS, ...one },
        { reasons: new Set(["forwarded"]), ...other },
      ]),
    ).toEqual({
      reasons: new Set(["mid_stream", "forwarded"]),
      ...wanted,
    }));
}
