/** The fast path's programs from one process to the next: adopted when they are the same, never when anything of them is another. */
import { readdirSync, unlinkSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { HOOK_PROGRAMS, INJECTION_PROGRAM, type ProgramName, readObjectFile } from "./fast-path-object.ts";
import { describeProgram } from "./libbpf.ts";
import type { Hook } from "./links.ts";
import { type FastPathOptions, takeFastPath } from "./pinned-fast-path.ts";
import { ensurePinDirectory, PINNED_MAPS, removePins } from "./pins.ts";

const DIRECTORY = `/sys/fs/bpf/tandem-test-${process.pid}`;
const { path, bytes } = readObjectFile();
/** Another file, though the same programs are in it. */
const OTHER_FILE = { path, bytes: Buffer.concat([bytes, Buffer.from("\n")]) };

afterEach(() => removePins(DIRECTORY));

const programsFor = (...hooks: Hook[]): ProgramName[] => [
  INJECTION_PROGRAM,
  ...hooks.map((hook) => HOOK_PROGRAMS[hook]),
];

/** Take the fast path, and leave it as a process that ends does. Returns what was taken: program ids by name. */
function take(change: Partial<FastPathOptions> = {}) {
  ensurePinDirectory(DIRECTORY);
  const options = {
    pinDirectory: DIRECTORY,
    records: { 4: 64, 6: 64 },
    ringBytes: { upcalls: 4096, events: 4096 },
    programs: programsFor("tc"),
    ...change,
  };
  const fastPath = takeFastPath(options);
  const described = options.programs.map((name) => describeProgram(fastPath.programFd(name)));
  expect(described.map(({ name }) => name)).toEqual(options.programs);
  expect(pinnedPrograms().map((name) => name.replace(/-.*/, ""))).toEqual(options.programs.toSorted());
  fastPath.close();
  return { isAdopted: fastPath.isAdopted, ids: described.map(({ id }) => id) };
}

const pinnedPrograms = (): string[] =>
  readdirSync(DIRECTORY)
    .filter((name) => !(PINNED_MAPS as readonly string[]).includes(name))
    .toSorted();

const unpin = (name: string): void => unlinkSync(`${DIRECTORY}/${name}`);

test("programs that are pinned are the next process's, without a new verification", () => {
  const cpuMs: number[] = [];
  const taken = [1, 2, 3].map(() => {
    const before = process.cpuUsage();
    const one = take();
    const { user, system } = process.cpuUsage(before);
    cpuMs.push((user + system) / 1000);
    return one;
  });
  console.log(`CPU time of taking the fast path, in ms: ${cpuMs.map(Math.round).join(", then ")}`);
  expect(taken.map(({ isAdopted }) => isAdopted)).toEqual([false, true, true]);
  expect(taken[2]!.ids).toEqual(taken[0]!.ids);
  expect(cpuMs[1]).toBeLessThan(cpuMs[0]! / 2);
});

/** What was done to the pins, or is wanted of them, since the programs were pinned for tc. */
const others: { name: string; act?: () => void; change?: Partial<FastPathOptions> }[] = [
  { name: "another object file", change: { file: OTHER_FILE } },
  { name: "another hook", change: { programs: programsFor("xdp") } },
  { name: "one hook more", change: { programs: programsFor("tc", "xdp") } },
  { name: "one of its programs not pinned", act: () => unpin(pinnedPrograms()[0]!) },
  { name: "none of its programs pinned", act: () => pinnedPrograms().forEach(unpin) },
  ...["connections4", "interfaces"].map((map) => ({
    name: `a new map in the place of "${map}"`,
    act: () => unpin(map),
  })),
];
for (const { name, act, change } of others) {
  test(`a fast path with ${name} is loaded anew, and adopted from then on`, () => {
    const first = take();
    act?.();
    const second = take(change);
    expect(second.isAdopted).toBe(false);
    expect(second.ids.filter((id) => first.ids.includes(id))).toEqual([]);
    expect(take(change)).toEqual({ isAdopted: true, ids: second.ids });
  });
}

test("a process that wants fewer hooks adopts what it wants, and unpins the rest", () => {
  const both = take({ programs: programsFor("tc", "xdp") });
  expect(take()).toEqual({ isAdopted: true, ids: both.ids.slice(0, 2) });
});

test("programs of another version are adopted by that version only", () => {
  const first = take();
  take({ file: OTHER_FILE });
  const back = take();
  expect(back.isAdopted).toBe(false);
  expect(back.ids).not.toEqual(first.ids);
});
