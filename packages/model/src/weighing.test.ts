import { expect, test } from "vitest";
import { DocumentSpec } from "./config.ts";
import { isWeighing } from "./weighing.ts";

const a = { address: "10.0.0.1" };
const b = { address: "10.0.0.2", weight: 3 };
const document = (destinations: object[], more: object = {}) =>
  DocumentSpec.parse({
    version: 1,
    services: [{ protocol: "tcp", address: "192.0.2.1", port: 80, destinations, ...more }],
  });

const cases: [what: string, after: DocumentSpec, want: boolean][] = [
  ["nothing", document([a, b]), true],
  ["a weight", document([a, { ...b, weight: 0 }]), true],
  ["what is drained", document([{ ...a, drain: true }, b]), true],
  ["a default written out, and a weight", document([{ ...a, port: 80, weight: 9 }, b]), true],
  ["a threshold", document([{ ...a, upperThreshold: 5 }, b]), false],
  ["a weight and a method", document([{ ...a, weight: 5, method: "tunnel" }, b]), false],
  ["a destination less", document([a]), false],
  ["the order of destinations", document([b, a]), false],
  ["the scheduler", document([a, b], { scheduler: "rr" }), false],
];
for (const [what, after, want] of cases) {
  test(`a change of ${what} ${want ? "only weighs" : "is more than weighing"}`, () =>
    expect(isWeighing(document([a, b]), after)).toBe(want));
}
