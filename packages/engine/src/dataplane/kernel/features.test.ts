import { describeFailure } from "@tandem/model";
import { expect, test } from "vitest";
import { type KernelFacts, missingFeatures } from "./features.ts";

const bits = (...numbers: number[]): bigint => numbers.reduce((set, n) => set | (1n << BigInt(n)), 0n);
const ALL = bits(12, 13, 38, 39);
const fine: KernelFacts = { release: "6.1.0-32-amd64", capabilities: ALL, hasLibbpf: true };

const cases: [string, Partial<KernelFacts>, string[]][] = [
  ["is content with Debian 12", {}, []],
  ["is content with CAP_SYS_ADMIN for what was split off from it", { capabilities: bits(12, 13, 21) }, []],
  ["is content with a later major version", { release: "7.0.1" }, []],
  ["names a kernel that is too old", { release: "5.15.0" }, ["Linux"]],
  ["names an older minor version", { release: "6.0.19" }, ["Linux"]],
  ["names a missing library", { hasLibbpf: false }, ["libbpf"]],
  [
    "names each missing capability",
    { capabilities: 0n },
    ["CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_BPF", "CAP_PERFMON"],
  ],
];
for (const [title, facts, want] of cases) {
  test(`the data plane ${title}`, () => {
    expect(missingFeatures({ ...fine, ...facts }).map((m) => m.name)).toEqual(want);
  });
}

test("a missing feature reads as one line that says what to do", () => {
  const missing = missingFeatures({ ...fine, release: "5.10.0" });
  expect(describeFailure({ code: "unsupported", missing })).toBe(
    "Cannot run here: Linux is 5.10.0, wanted 6.1; boot a newer kernel",
  );
});
