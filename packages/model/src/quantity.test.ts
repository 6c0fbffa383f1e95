import { expect, test } from "vitest";
import { z } from "zod";
import { seconds, wholeBytes, wholeSeconds } from "./quantity.ts";

const read = (field: z.ZodType, value: unknown) => {
  const { data, error } = field.safeParse(value);
  return error ? error.issues.map((i) => i.message).join("; ") : data;
};

const anySeconds = seconds(0.05, 2_147_483);
const SOME = 'or a text such as "500ms", "30s", "5m", "1h30m"';

const durations: [written: unknown, read: unknown][] = [
  [900, 900],
  [0.5, 0.5],
  ["15m", 900],
  ["500ms", 0.5],
  ["700ms", 0.7],
  ["30s", 30],
  ["1h30m", 5400],
  ["1.5h", 5400],
  ["1d", 86_400],
  ["1d1h1m1s1ms", 90_061.001],
  ["2147483s", 2_147_483],
  ["49ms", "wanted 50ms to 24d20h31m23s"],
  ["25d", "wanted 50ms to 24d20h31m23s"],
  ["0s", "wanted 50ms to 24d20h31m23s"],
  [0, "wanted seconds from 0.05 to 2147483"],
  [2_147_484, "wanted seconds from 0.05 to 2147483"],
  [true, "wanted seconds from 0.05 to 2147483"],
  [undefined, "wanted seconds from 0.05 to 2147483"],
  ...[
    "",
    "15",
    "15x",
    "s",
    "-1s",
    "1m1h",
    "1s1s",
    "1 h",
    " 1s",
    "1e3s",
    ".5s",
    "1H",
    `${"9".repeat(400)}s`,
  ].map((text): [string, string] => [text, `wanted seconds from 0.05 to 2147483, ${SOME}`]),
];
for (const [written, want] of durations) {
  test(`a duration of ${JSON.stringify(written)?.slice(0, 30)} is ${JSON.stringify(want)}`, () =>
    expect(read(anySeconds, written)).toBe(want));
}

test("whole seconds have no fractions, however they are written", () => {
  const field = wholeSeconds(1, 3600);
  expect([read(field, "90s"), read(field, "1.5m"), read(field, 90)]).toEqual([90, 90, 90]);
  expect(read(field, 1.5)).toBe("wanted whole seconds from 1 to 3600");
  expect(read(field, "1500ms")).toBe("wanted 1s to 1h");
});

test("sizes have units of 1024", () => {
  const field = wholeBytes(0, 2 ** 20);
  expect(["1472B", "64KiB", "1MiB", "1KiB1B", 9].map((size) => read(field, size))).toEqual([
    1472, 65_536, 1_048_576, 1025, 9,
  ]);
  expect(read(field, "2MiB")).toBe("wanted 0B to 1MiB");
  expect(read(field, "64kB")).toBe(
    'wanted whole bytes from 0 to 1048576, or a text such as "1400B", "64KiB"',
  );
});

test("the JSON Schema of a duration takes numbers and texts, and says so through descriptions", () => {
  const field = seconds(0, 60).default(5).describe("A while.");
  const { $schema: _, ...schema } = z.toJSONSchema(field, { io: "input" });
  expect(schema).toMatchObject({
    type: ["number", "string"],
    minimum: 0,
    maximum: 60,
    description: "A while.",
  });
  const pattern = new RegExp(schema.pattern!);
  expect(["1h30m", "500ms", "", "5", "1m1h", "5x"].filter((text) => pattern.test(text))).toEqual([
    "1h30m",
    "500ms",
  ]);
});
