/** The checked-in object is what its source says: built again, it has the same instructions, and it passes every fixture. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Topology } from "../../packages/engine/src/dataplane/kernel/testing/topology.ts";
import { atHook, fixtures } from "./fixtures.ts";
import { createKernelSide } from "./kernel-side.ts";
import { createNetwork } from "./network.ts";
import { createTwinSide } from "./twin-side.ts";

const BPF = join(import.meta.dirname, "../../packages/engine/bpf");
/** Sections whose bytes decide what runs; the rest is type information. */
const CODE_SECTIONS = [".text", "tc", "xdp", "license", ".maps", ".rodata"];

let directory: string;
let rebuilt: string;
let topology: Topology;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "tandem-bpf-"));
  rebuilt = join(directory, "fastpath.bpf.o");
  execFileSync("sh", [join(BPF, "build.sh"), rebuilt]);
  topology = createNetwork();
});

afterAll(() => {
  topology.close();
  rmSync(directory, { recursive: true });
});

/** Bytes of the sections of an ELF64 file, by name. */
function readSections(path: string): Map<string, string> {
  const file = readFileSync(path);
  const [tableAt, entryBytes] = [Number(file.readBigUInt64LE(0x28)), file.readUInt16LE(0x3a)];
  const sections = Array.from({ length: file.readUInt16LE(0x3c) }, (_, i) => {
    const at = tableAt + i * entryBytes;
    const [from, bytes] = [Number(file.readBigUInt64LE(at + 0x18)), Number(file.readBigUInt64LE(at + 0x20))];
    return { nameAt: file.readUInt32LE(at), content: file.subarray(from, from + bytes) };
  });
  const names = sections[file.readUInt16LE(0x3e)]!.content;
  const nameOf = (at: number) => names.toString("latin1", at, names.indexOf(0, at));
  return new Map(sections.map(({ nameAt, content }) => [nameOf(nameAt), content.toString("hex")]));
}

test("the same compiler makes the same instructions", () => {
  const version = execFileSync("clang-19", ["--version"], { encoding: "utf8" }).split("\n")[0];
  const recorded = readFileSync(join(BPF, "fastpath.bpf.clang"), "utf8").trim();
  // Another version may choose other instructions; then the fixtures below are what holds them to the source.
  if (version !== recorded) return;
  const [ours, theirs] = [readSections(join(BPF, "fastpath.bpf.o")), readSections(rebuilt)];
  for (const name of CODE_SECTIONS) {
    expect(ours.get(name), `section ${name}`).toBeDefined();
    expect(theirs.get(name) === ours.get(name), `section ${name} is the same`).toBe(true);
  }
});

test("the rebuilt object loads and passes every fixture at both hooks", () => {
  const kernel = createKernelSide(topology, { path: rebuilt });
  const twin = createTwinSide();
  for (const fixture of fixtures()) {
    for (const hook of ["tc", "xdp"] as const) {
      const outcome = kernel.run(atHook(fixture, hook));
      if (outcome) expect(outcome, fixture.title).toEqual(twin(atHook(fixture, hook)));
    }
  }
  kernel.close();
});
