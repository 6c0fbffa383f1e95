/** The built object of the fast path, loaded with maps of the configured sizes. */
import { join } from "node:path";
import { type BpfObject, loadObject } from "./libbpf.ts";
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
export const HOOK_PROGRAMS: Readonly<Record<Hook, string>> = { tc: "tandem_tc", xdp: "tandem_xdp" };

/**
 * Load the programs; nothing is attached. Without `pinDirectory` the maps are new and die with the object.
 *
 * @param options.hooks     the hooks whose programs are wanted, all if absent: each takes the kernel some tenths of a second to verify
 * @param options.constants bytes of the section `.rodata`, for tests that observe what the programs do
 * @throws `LbError` (refused)
 */
export function loadFastPath(
  records: RecordCounts,
  ringBytes: RingBytes,
  options: { path?: string; pinDirectory?: string; constants?: Uint8Array; hooks?: readonly Hook[] } = {},
): BpfObject {
  const { hooks, ...same } = options;
  const unwanted = (Object.keys(HOOK_PROGRAMS) as Hook[]).filter((hook) => hooks && !hooks.includes(hook));
  return loadObject({
    path: OBJECT_PATH,
    maxEntries: {
      connections4: records[4],
      connections6: records[6],
      flows4: records[4] * FLOWS_PER_RECORD,
      flows6: records[6] * FLOWS_PER_RECORD,
      upcalls: ringBytes.upcalls,
      events: ringBytes.events,
    },
    pinned: PINNED_MAPS,
    leftOut: unwanted.map((hook) => HOOK_PROGRAMS[hook]),
    ...same,
  });
}
