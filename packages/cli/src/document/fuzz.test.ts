import { LbError } from "@tandem/model";
import { expect, test } from "vitest";
import { importLines } from "../import/import-lines.ts";
import { importSysctls } from "../import/import-sysctls.ts";
import { NO_NAMES } from "../ipvsadm/name-book.ts";
import { loadNodeConfig } from "../node/config/node-config.ts";
import { fakeSpec } from "../testing/fake-history.ts";
import { createRandom } from "../testing/random.ts";
import { plainText } from "./document-text.ts";
import { loadDocument } from "./load-document.ts";

/** Generous: what grows without bounds takes minutes. */
const PATIENCE_MS = 20_000;

/** What became of a text: read, or refused with places and without a stack trace. Anything else is thrown on. */
function outcome(text: string): string {
  const began = performance.now();
  try {
    loadDocument(text, "f.yaml");
    return "read";
  } catch (error) {
    if (!(error instanceof LbError) || error.failure.code !== "invalid_document") throw error;
    expect(error.failure.problems.length).toBeGreaterThan(0);
    expect(error.failure.problems.length).toBeLessThanOrEqual(101);
    for (const line of error.message.split("\n")) expect(line).toMatch(/^f\.yaml/);
    expect(error.message).not.toMatch(/\n\s+at /);
    return error.message;
  } finally {
    expect(performance.now() - began).toBeLessThan(PATIENCE_MS);
  }
}

const times = (n: number, line: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => line(i)).join("\n");
const MEGABYTES = 2 ** 20;

const excesses: [what: string, text: () => string, says: string][] = [
  [
    "a billion laughs",
    () =>
      `version: 1\nx0: &x0 [1, 1]\n${times(20, (i) => `x${i + 1}: &x${i + 1} [${Array(9).fill(`*x${i}`).join(", ")}]`)}`,
    "aliases repeat too much",
  ],
  ["a list within itself", () => "version: 1\nservices: &a [*a]\n", "found a list, wanted a map of fields"],
  [
    "thousands of aliases",
    () => `version: 1\na: &a 1\nx: [${"*a, ".repeat(50_000)}]`,
    "anchors and aliases, wanted at most 5000",
  ],
  ["brackets without end", () => `version: 1\nservices: ${"[".repeat(MEGABYTES)}`, "nested too deeply"],
  ["brackets with an end", () => `${"[".repeat(50_000)}${"]".repeat(50_000)}`, "nested too deeply"],
  [
    "few brackets, too deep all the same",
    () => `${"[".repeat(5000)}${"]".repeat(5000)}`,
    "nested too deeply",
  ],
  ["lists within lists", () => "- ".repeat(MEGABYTES), "nested too deeply"],
  ["questions within questions", () => "? ".repeat(MEGABYTES), "nested too deeply"],
  ["maps within maps", () => times(3000, (i) => `${" ".repeat(i)}a:`), "nested too deeply"],
  [
    "five megabytes of list",
    () => `version: 1\nservices: [${"1,".repeat(2.5 * MEGABYTES)}]`,
    "names and values, wanted a document of fewer",
  ],
  ["ten megabytes of text", () => `version: 1\nservices: ${"x".repeat(10 * MEGABYTES)}`, "wanted a list"],
  ["thirty thousand fields", () => `version: 1\n${times(30_000, (i) => `key${i}: 1`)}`, "unknown field"],
  [
    "one field two thousand times",
    () => times(2000, () => "version: 1"),
    'field "version" stands here twice',
  ],
  [
    "two thousand bad services",
    () => `version: 1\nservices:\n${times(2000, () => "  - { protocol: tpc }")}`,
    "more mistakes",
  ],
  ["many documents", () => "---\n".repeat(20_000), "a second document begins here"],
  ["a tab", () => "version: 1\nservices:\n\t- protocol: tcp\n", "found a tab"],
  ["a NUL", () => "version: 1\0\n", "wanted 1"],
  ["two byte order marks", () => "\ufeff\ufeffversion: 1\n", "unknown field"],
  [
    "names of objects' own",
    () => "version: 1\n__proto__: { x: 1 }\nconstructor: 7\nsettings: { toString: 1 }\n",
    "unknown field",
  ],
  ["no number", () => "version: 1\nsettings: { cacheSeconds: .inf, dropRate: .nan }\n", "found Infinity"],
  ["a number of very many digits", () => `version: ${"9".repeat(100_000)}`, "wanted 1"],
  [
    "a duration of very many digits",
    () => `version: 1\nsettings: { cacheSeconds: ${"1".repeat(100_000)}s }`,
    "or a text such as",
  ],
  ["a binary tag", () => "version: !!binary AAAA\n", "wanted 1"],
];
for (const [what, text, says] of excesses) {
  test(
    `a document with ${what} is refused soon, in words`,
    () => expect(outcome(text())).toContain(says),
    60_000,
  );
}

test("a byte order mark and line ends of another system change nothing", () =>
  expect(outcome("\ufeffversion: 1\r\nservices: []\r\n")).toBe("read"));

const ODD = [
  "\0",
  "\t",
  "\u001b[2J",
  "\ufeff",
  "\ud800",
  "&a ",
  "*a",
  "!!x ",
  "- ",
  "? ",
  ": ",
  "[",
  "}",
  "#",
  "|\n",
  "\n---\n",
  "<<: ",
  "9e999",
  "~",
  "'",
  '"',
];

test("spoilt documents are read or refused, never worse", () => {
  const seed = Math.trunc(Math.random() * 2 ** 31);
  const random = createRandom(seed);
  const good = plainText(fakeSpec);
  for (let round = 0; round < 150; round++) {
    let text = good;
    for (let n = random(4); n >= 0; n--) text = spoil(text, random);
    try {
      outcome(text);
      expect(() => loadNodeConfig(text, "f.yaml")).toThrow(LbError);
      importLines(text, NO_NAMES);
      importSysctls(text);
    } catch (error) {
      throw new Error(`seed ${seed}, round ${round}: ${JSON.stringify(text)}`, { cause: error });
    }
  }
}, 120_000);

function spoil(text: string, random: (below: number) => number): string {
  const [at, to] = [random(text.length + 1), random(text.length + 1)];
  const odd = ODD[random(ODD.length)]!;
  const ways = [
    () => text.slice(0, at),
    () => text.slice(0, at) + odd + text.slice(at),
    () => text.slice(0, at) + text.slice(at + 1 + random(8)),
    () => text.slice(0, at) + text.slice(Math.min(at, to), Math.max(at, to)) + text.slice(at),
    () => text.slice(0, at) + String.fromCharCode(random(0xffff)) + text.slice(at + 1),
    () => text.replaceAll(/\d+/g, (digits) => (random(4) === 0 ? `${-random(2 ** 30)}` : digits)),
  ];
  return ways[random(ways.length)]!();
}
