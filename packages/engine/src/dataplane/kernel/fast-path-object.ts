/** The built object of the fast path, loaded with maps of the configured sizes. */
import { join } from "node:path";
import { type BpfObject, loadObject } from "./libbpf.ts";
import { PINNED_MAPS, type RecordCounts } from "./pins.ts";

const OBJECT_PATH = join(import.meta.dirname, "../../../bpf/fastpath.bpf.o");
/** A masqueraded connection has one flow for each direction. */
const FLOWS_PER_RECORD = 2;

/** Sizes of the rings in bytes, powers of two. */
export interface RingBytes {
  readonly upcalls: number;
  readonly events: number;
}

/**
 * Load the programs; nothing is attached. Without `pinDirectory` the maps are new and die with the object.
 *
 * @param options.constants bytes of the section `.rodata`, for tests that observe what the programs do
 * @throws `LbError` (refused)
 */
export function loadFastPath(
  records: RecordCounts,
  ringBytes: RingBytes,
  options: { path?: string; pinDirectory?: string; constants?: Uint8Array } = {},
): BpfObject {
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
    ...options,
  });
}
