import { expect, test } from "vitest";
import {
  createPaint,
  formatBytes,
  formatCount,
  formatDuration,
  formatFacts,
  formatPlural,
  formatShare,
  formatTable,
} from "./format.ts";

const plain = createPaint(false);

test("a table lines its columns up, quantities to the right", () => {
  const columns = [{ title: "NAME" }, { title: "N", align: "right" as const }, { title: "WHY" }];
  const rows = [["a", "10", ""], ["long name", "9", "because"], "a line across", ["b"]];
  expect(formatTable(columns, rows, plain)).toBe(
    ["NAME        N  WHY", "a          10", "long name   9  because", "a line across", "b", ""].join("\n"),
  );
});

test("a table leaves out a column that is empty in every row", () => {
  const columns = [{ title: "A" }, { title: "B" }, { title: "C" }];
  expect(formatTable(columns, [["1", "", "3"]], plain)).toBe("A  C\n1  3\n");
});

test("colour does not move columns", () => {
  const columns = [{ title: "STATE" }, { title: "X" }];
  const rows = [
    [["bad", "down"] as const, "1"],
    [["good", "up"] as const, "2"],
  ];
  const coloured = formatTable(columns, rows, createPaint(true));
  expect(coloured).toContain("\u001b[31mdown\u001b[39m   1\n");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
  expect(coloured.replace(/\u001b\[\d+m/g, "")).toBe(formatTable(columns, rows, plain));
});

test("a table cuts and leaves out what a narrow terminal has no room for", () => {
  const columns = [
    { title: "NAME", least: 4 },
    { title: "N", yields: 1 },
    { title: "WHY", least: 5 },
  ];
  const rows = [["web-1", "10", ["bad", "connection refused"] as const], "a line across"];
  expect(formatTable(columns, rows, createPaint(false, 14))).toBe(
    "NAME   WHY\nweb-1  connec…\na line across\n",
  );
});

test("facts line up behind their names", () => {
  expect(
    formatFacts([
      ["a", "1"],
      ["bcd", "2"],
    ]),
  ).toBe("a    1\nbcd  2\n");
});

const durations: [ms: number, text: string][] = [
  [0, "0 ms"],
  [0.25, "0.25 ms"],
  [2.1, "2.1 ms"],
  [9.994, "9.99 ms"],
  [9.996, "10 ms"],
  [312.4, "312 ms"],
  [999, "999 ms"],
  [999.7, "1 s"],
  [1000, "1 s"],
  [12_340, "12.3 s"],
  [59_949, "59.9 s"],
  [59_960, "1 min"],
  [60_000, "1 min"],
  [64_000, "1 min 4 s"],
  [3_600_000, "1 h"],
  [11_530_000, "3 h 12 min"],
  [86_400_000, "1 d"],
  [444_000_000, "5 d 3 h"],
];
for (const [ms, text] of durations) {
  test(`${ms} ms are shown as ${text}`, () => expect(formatDuration(ms)).toBe(text));
}

const sizes: [bytes: number, text: string][] = [
  [0, "0 B"],
  [512, "512 B"],
  [999, "999 B"],
  [1000, "0.98 KiB"],
  [1024, "1 KiB"],
  [1_340_221_000, "1.25 GiB"],
  [104_857_600, "100 MiB"],
  [Number.MAX_SAFE_INTEGER, "8 PiB"],
];
for (const [bytes, text] of sizes) {
  test(`${bytes} bytes are shown as ${text}`, () => expect(formatBytes(bytes)).toBe(text));
}

test("counts are grouped and named", () => {
  expect(formatCount(1_048_576)).toBe("1,048,576");
  expect([0, 1, 2000].map((n) => formatPlural(n, "alarm"))).toEqual(["0 alarms", "1 alarm", "2,000 alarms"]);
});

const shares: [part: number, whole: number, text: string][] = [
  [0, 100, "0.0 %"],
  [1, 1_048_576, "< 0.1 %"],
  [120_343, 1_048_576, "11.5 %"],
  [5, 5, "100.0 %"],
  [0, 0, "0.0 %"],
];
for (const [part, whole, text] of shares) {
  test(`${part} of ${whole} is shown as ${text}`, () => expect(formatShare(part, whole)).toBe(text));
}
