import { expect, test } from "vitest";
import { fakeServices, markedService } from "../testing/fake-services.ts";
import {
  formatProgress,
  paceOf,
  partsOf,
  persistentServices,
  remainderOf,
  type Sample,
} from "./drain-progress.ts";

const tcp = "tcp 192.0.2.10:80 -> 10.0.0.1:8080";
const udp = "udp [2001:db8::10]:53 -> [2001:db8:1::53]:53";
const left: [what: string, keys: string[], want: object][] = [
  ["TCP are those that are not closing", [tcp], { left: 4013, closing: 310, templates: 0 }],
  ["UDP are all", [udp], { left: 9, closing: 0, templates: 0 }],
  ["several destinations are added up", [tcp, udp], { left: 4022, closing: 310, templates: 0 }],
  ["nobody are none", ["tcp 192.0.2.10:80 -> 10.9.9.9:80"], { left: 0, closing: 0, templates: 0 }],
];
for (const [what, keys, want] of left)
  test(`connections left of ${what}`, () => expect(remainderOf(fakeServices, keys)).toEqual(want));

test("templates of a destination are counted apart", () => {
  const key = "mark 7 ipv4 -> 10.0.0.4:0";
  expect(remainderOf([markedService], [key]).templates).toBe(41);
  expect(persistentServices([...fakeServices, markedService], [key, tcp])).toEqual(["mark 7 ipv4"]);
});

test("a key falls into service and destination", () =>
  expect(partsOf(udp)).toEqual({ service: "udp [2001:db8::10]:53", destination: "[2001:db8:1::53]:53" }));

const at = (seconds: number, left: number): Sample => ({ atMs: seconds * 1000, left });
const paces: [what: string, samples: Sample[], want: object][] = [
  ["of one look is unknown", [at(0, 9)], { perSecond: 0, endsInMs: undefined }],
  ["of nothing left is over", [at(0, 0)], { perSecond: 0, endsInMs: 0 }],
  ["is what became less by time", [at(0, 100), at(10, 50)], { perSecond: 5, endsInMs: 10_000 }],
  [
    "forgets what was half a minute ago",
    [at(0, 900), at(10, 100), at(40, 70)],
    { perSecond: 1, endsInMs: 70_000 },
  ],
  ["of what becomes more is unknown", [at(0, 10), at(2, 12)], { perSecond: 0, endsInMs: undefined }],
];
for (const [what, samples, want] of paces)
  test(`the pace ${what}`, () => expect(paceOf(samples)).toEqual(want));

test("progress says what is left, how fast, how long, and until when", () => {
  const pace = { perSecond: 12.345, endsInMs: 99_200 };
  expect(formatProgress({ left: 1234, began: 4013, pace, deadlineInMs: 480_000 })).toBe(
    "1,234 of 4,013 connections left, 12.3/s fewer, about 1 min 40 s to go; 8 min until the deadline",
  );
  const still = { perSecond: 0, endsInMs: undefined };
  expect(formatProgress({ left: 12, began: 10, pace: still, deadlineInMs: undefined })).toBe(
    "12 of 12 connections left",
  );
});
