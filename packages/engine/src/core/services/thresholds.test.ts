import { expect, test } from "vitest";
import type { Destination } from "./service.ts";
import { drain, fill, setThresholds } from "./thresholds.ts";

const destination = (of: Partial<Destination>): Destination =>
  ({ active: 0, inactive: 0, upperThreshold: 0, lowerThreshold: 0, overloaded: false, ...of }) as Destination;

const fills: [Partial<Destination>, boolean][] = [
  [{ active: 1000 }, false],
  [{ upperThreshold: 3, active: 1, inactive: 1 }, false],
  [{ upperThreshold: 3, active: 1, inactive: 2 }, true],
];
for (const [of, want] of fills) {
  test(`a destination with ${JSON.stringify(of)} is ${want ? "" : "not "}full with its newest connection`, () => {
    const d = destination(of);
    fill(d);
    expect(d.overloaded).toBe(want);
  });
}

const drains: [Partial<Destination>, boolean][] = [
  [{ upperThreshold: 3, lowerThreshold: 1, active: 1 }, true],
  [{ upperThreshold: 3, lowerThreshold: 1 }, false],
  [{ upperThreshold: 4, inactive: 3 }, true], // three quarters are not below three quarters
  [{ upperThreshold: 4, inactive: 2 }, false],
  [{ active: 9 }, false],
];
for (const [of, want] of drains) {
  test(`an overloaded destination with ${JSON.stringify(of)} ${want ? "stays so" : "is open again"}`, () => {
    const d = destination({ ...of, overloaded: true });
    drain(d);
    expect(d.overloaded).toBe(want);
  });
}

const edits: [number, number, boolean][] = [
  [3, 4, false],
  [3, 3, true],
  [3, 2, true],
  [3, 0, false],
];
for (const [before, after, want] of edits) {
  test(`an overloaded destination whose limit goes from ${before} to ${after} is ${want ? "still" : "no more"} overloaded`, () => {
    const d = destination({ upperThreshold: before, overloaded: true });
    setThresholds(d, after, 1);
    expect([d.overloaded, d.upperThreshold, d.lowerThreshold]).toEqual([want, after, 1]);
  });
}
