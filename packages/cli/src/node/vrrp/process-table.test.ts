import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findByPidFile, findLive, parseStat } from "./process-table.ts";

const stat = (name: string, state: string) =>
  `4711 (${name}) ${state} 1 4711 4711 0 -1 4194560 ${"0 ".repeat(12)}86421 1 2`;

for (const name of ["keepalived", "a b", "(x) R 1", "line\nbreak"]) {
  test(`process table reads the entry of a program called ${JSON.stringify(name)}`, () =>
    expect(parseStat(stat(name, "S"))).toEqual({ pid: 4711, startTicks: 86421, isZombie: false }));
}

test("process table tells the dead from the living", () => {
  expect([..."RSDTZX"].map((state) => parseStat(stat("x", state))?.isZombie)).toEqual([
    false,
    false,
    false,
    false,
    true,
    true,
  ]);
  for (const text of ["", "4711", "4711 (x) S 1 2"]) expect(parseStat(text)).toBeUndefined();
});

test("process table finds this process, and by its pid file only with an argument of its own", () => {
  const dir = mkdtempSync(join(tmpdir(), "tandem-process-"));
  const file = join(dir, "pid");
  writeFileSync(file, `${process.pid}\n`);
  expect(findLive(process.pid)?.pid).toBe(process.pid);
  expect(findByPidFile(file, process.argv[0]!)?.pid).toBe(process.pid);
  expect(findByPidFile(file, "/not/an/argument")).toBeUndefined();
  writeFileSync(file, "no number");
  expect(findByPidFile(file, process.argv[0]!)).toBeUndefined();
  rmSync(dir, { recursive: true });
  expect(findByPidFile(file, process.argv[0]!)).toBeUndefined();
});
