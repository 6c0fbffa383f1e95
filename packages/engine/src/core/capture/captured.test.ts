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

test("the widest of several filters shows what any of them does", () => {
  const one: CaptureFilter = { reasons: new Set(["forwarded"]), service: 1 };
  expect(widestFilter([])).toBeUndefined();
  expect(widestFilter([one])).toBe(one);
  expect(widestFilter([one, DROPS])).toEqual({ reasons: new Set(["forwarded", "mid_stream"]) });
});
