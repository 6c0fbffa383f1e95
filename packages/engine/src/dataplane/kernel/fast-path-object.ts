/** The built object of the fast path, loaded with maps of the configured sizes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type BpfObject, loadObject, type ObjectFile } from "./libbpf.ts";
import type { Hook } from "./links.ts";
import { PINNED_MAPS, type RecordCounts } from "./pins.ts";

const OBJECT_PATH = join(import.meta.dirname, "../../../bpf/fastpath.bpf.o");
/** A masqueraded connection has one flow for each direction. */
const FLOWS_PER_RECORD = 2;

/** Sizes of the rings in bytes, powers of two. */
export interface RingBytes {
  readonly upcalls: number;
  readonly events: number;
}

/** The program for each hook. */
export const HOOK_PROGRAMS = { tc: "tandem_tc", xdp: "tandem_xdp" } as const satisfies Record<Hook, string>;
/** The program behind the injection veth. */
export const INJECTION_PROGRAM = "tandem_inject";
/** Programs of the object. */
export const PROGRAMS = [...Object.values(HOOK_PROGRAMS), INJECTION_PROGRAM] as const;
export type ProgramName = (typeof PROGRAMS)[number];

/** The object file as it is now, the one beside this code if `path` is absent. Throws as `readFileSync`. */
export function readObjectFile(path = OBJECT_PATH): ObjectFile {
  return { path, bytes: readFileSync(path) };
}

/**
 * Load the programs; nothing is attached. Without `pinDirectory` the maps are new and die with the object.
 *
 * @param options.file      the checked-in object file, if absent
 * @param options.programs  the programs that are wanted, all if absent: each takes the kernel some tenths of a second to verify
 * @param options.constants bytes of the section `.rodata`, for tests that observe what the programs do
 * @throws `LbError` (refused)
 */
export function loadFastPath(
  records: RecordCounts,
  ringBytes: RingBytes,
  options: {
    file?: ObjectFile;
    pinDirectory?: string;
    constants?: Uint8Array;
    programs?: readonly ProgramName[];
  } = {},
): BpfObject {
  const { programs = PROGRAMS, file = readObjectFile(), ...same } = options;
  return loadObject({
    file,
    maxEntries: {
      connections4: records[4],
      connections6: records[6],
      flows4: records[4] * FLOWS_PER_RECORD,
      flows6: records[6] * FLOWS_PER_RECORD,
      upcalls: ringBytes.upcalls,
      events: ringBytes.events,
    },
    pinned: PINNED_MAPS,
    leftOut: PROGRAMS.filter((name) => !programs.includes(name)),
    ...same,
  });
}
