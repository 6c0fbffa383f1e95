import { stripVTControlCharacters } from "node:util";
import type { CapturedPacket } from "@tandem/engine";
import { expect, test } from "vitest";
import { fakePacket } from "../../testing/fake-capture.ts";
import { createPaint } from "../format.ts";
import { formatDecision } from "./decision.ts";
import { formatLost, formatPacket } from "./packet-line.ts";

const decisions: { packet: Partial<CapturedPacket>; want: string }[] = [
  { packet: {}, want: "forward to 10.0.0.1:8080 (scheduled, core)" },
  { packet: { path: "fast", reason: "forwarded" }, want: "forward to 10.0.0.1:8080 (forwarded, fast path)" },
  {
    packet: { path: "fast", reason: "forwarded", direction: "to_client" },
    want: "forward to the client (forwarded, fast path)",
  },
  { packet: { service: "mark 7 ipv4" }, want: "forward to 10.0.0.1:8080 for mark 7 ipv4 (scheduled, core)" },
  {
    packet: { reason: "bypassed", destination: undefined as never },
    want: "forward (bypassed, core: no destination: sent to its own address)",
  },
  {
    packet: { verdict: "drop", reason: "destination_gone", path: "fast" },
    want: "drop (destination_gone, fast path: of a connection whose destination is gone and may return)",
  },
  {
    packet: { verdict: "pass", reason: "left_to_host" },
    want: "pass to the host (left_to_host, core: the core found it to be the host's own)",
  },
  {
    packet: { verdict: "upcall", reason: "fragment_held" },
    want: "hold (fragment_held, core: a fragment that waits for the first of its packet)",
  },
  { packet: { verdict: "mirror", reason: "toString" }, want: "mirror (toString, core)" }, // of a later version
];
for (const { packet, want } of decisions) {
  test(`a decision reads: ${want}`, () => expect(formatDecision({ ...fakePacket, ...packet })).toBe(want));
}

const SEEN =
  "04:00:00.000250 eth0 IP 198.51.100.7.40112 > 192.0.2.10.80: Flags [S], seq 1, win 64240, length 0";

test("a packet and its decision stand on one line where it is long enough", () => {
  const line = `${SEEN}  → forward to 10.0.0.1:8080 (scheduled, core)`;
  expect(formatPacket(fakePacket, createPaint(false))).toBe(`${line}\n`);
  expect(formatPacket(fakePacket, createPaint(false, line.length))).toBe(`${line}\n`);
});

test("on a narrower terminal the decision stands below, and no line is longer than it", () => {
  expect(formatPacket(fakePacket, createPaint(false, 142)).split("\n")).toHaveLength(3);
  expect(formatPacket(fakePacket, createPaint(false, 110))).toBe(
    `${SEEN}\n    → forward to 10.0.0.1:8080 (scheduled, core)\n`,
  );
  expect(formatPacket(fakePacket, createPaint(false, 40)).split("\n").slice(4)).toEqual([
    "    → forward to 10.0.0.1:8080",
    "        (scheduled, core)",
    "",
  ]);
  for (const width of [40, 60, 80]) {
    const lines = formatPacket(fakePacket, createPaint(true, width)).trimEnd().split("\n");
    expect(lines.map((line) => stripVTControlCharacters(line).length <= width)).toEqual(
      lines.map(() => true),
    );
  }
});

test("times are told to the microsecond, and seconds begin anew", () => {
  const at = (timeMs: number) => formatPacket({ ...fakePacket, timeMs }, createPaint(false)).slice(0, 15);
  const midnight = Date.UTC(2026, 10, 23);
  expect([at(midnight), at(midnight + 59_999.9996), at(midnight + 1.001)]).toEqual([
    "00:00:00.000000",
    "00:01:00.000000",
    "00:00:00.001001",
  ]);
});

test("a hole is told where it is", () => {
  expect(formatLost(1, createPaint(false))).toBe("… 1 packet lost: more came than could be shown\n");
});
