import { expect, test } from "vitest";
import { readOptions } from "./options.ts";

test("options are a thousand sessions, everything shown, unless told otherwise", () => {
  expect(readOptions([])).toEqual({ sessions: 1000, isFast: false, isJson: false, logs: undefined });
});

test("options are read, in both notations", () => {
  const wanted = { sessions: 50, isFast: true, isJson: true, logs: "/tmp/x" };
  expect(readOptions(["--sessions", "50", "--fast", "--json", "--logs", "/tmp/x"])).toEqual(wanted);
  expect(readOptions(["--fast", "--sessions=50", "--logs=/tmp/x", "--json"])).toEqual(wanted);
});

const wrong: { argv: string[]; says: string }[] = [
  { argv: ["--sessions", "0"], says: 'sessions is "0", wanted 1–20000' },
  { argv: ["--sessions", "20001"], says: 'sessions is "20001", wanted 1–20000' },
  { argv: ["--sessions", "many"], says: 'sessions is "many", wanted 1–20000' },
  { argv: ["--sessions", "1e3"], says: 'sessions is "1e3", wanted 1–20000' },
  { argv: ["--slow"], says: "Unknown option '--slow'" },
  { argv: ["now"], says: "Unexpected argument 'now'" },
];
for (const { argv, says } of wrong) {
  test(`options refuse "${argv.join(" ")}"`, () => {
    expect(() => readOptions(argv)).toThrow(`Cannot run the demo: ${says}`);
  });
}
