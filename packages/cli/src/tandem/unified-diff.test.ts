import { expect, test } from "vitest";
import { unifiedDiff } from "./unified-diff.ts";

const diff = (before: string, after: string) =>
  unifiedDiff({ name: "a", text: before }, { name: "b", text: after });
const letters = (text: string) => [...text].map((c) => `${c}\n`).join("");

const cases: [name: string, before: string, after: string, want: string][] = [
  ["equal texts", "abc", "abc", ""],
  ["a changed line", "abc", "axc", "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n"],
  ["a line more at the end", "a", "ab", "@@ -1 +1,2 @@\n a\n+b\n"],
  ["a line less at the beginning", "ab", "b", "@@ -1,2 +1 @@\n-a\n b\n"],
  [
    "changes that lie far apart",
    "abcdefghijklm",
    "Abcdefghijkl",
    "@@ -1,4 +1,4 @@\n-a\n+A\n b\n c\n d\n@@ -10,4 +10,3 @@\n j\n k\n l\n-m\n",
  ],
  [
    "changes that lie together",
    "abcdefg",
    "Abcdefg!",
    "@@ -1,7 +1,8 @@\n-a\n+A\n b\n c\n d\n e\n f\n g\n+!\n",
  ],
];
for (const [name, before, after, want] of cases) {
  test(`a unified diff shows ${name}`, () => {
    expect(diff(letters(before), letters(after))).toBe(want && `--- a\n+++ b\n${want}`);
  });
}

test("a unified diff says how one text becomes the other", () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  let state = seed;
  const random = (n: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * n);
  };
  for (let i = 0; i < 200; i++) {
    const text = () => letters(Array.from({ length: 1 + random(30) }, () => "abcd"[random(4)]!).join(""));
    const [before, after] = [text(), text()];
    expect(patched(before, diff(before, after)), `seed ${seed}`).toBe(after);
  }
});

test("a unified diff of texts that have nothing in common does not look for ever", () => {
  const numbers = (from: number) => Array.from({ length: 3000 }, (_, i) => `${from + i}\n`).join("");
  expect(patched(numbers(0), diff(numbers(0), numbers(5000)))).toBe(numbers(5000));
});

/** A text after what a diff says. */
function patched(text: string, changes: string): string {
  const old = text.split("\n");
  const made: string[] = [];
  let at = 0;
  for (const line of changes.split("\n").slice(2, -1)) {
    const [, start, length = "1"] = /^@@ -(\d+)(?:,(\d+))? /.exec(line) ?? [];
    if (start !== undefined) {
      const from = Number(start) - (length === "0" ? 0 : 1);
      made.push(...old.slice(at, from));
      at = from;
      continue;
    }
    if (line[0] !== "+") expect(old[at++]).toBe(line.slice(1));
    if (line[0] !== "-") made.push(line.slice(1));
  }
  return [...made, ...old.slice(at)].join("\n");
}
