/** The pins of an instance: where they are, whether this program may adopt the maps, and how all go. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmdirSync, statfsSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { LbError } from "@tandem/model";
import * as layout from "../../core/layout.ts";
import { runCommand } from "./command.ts";
import { bpfChecked, describeMap, libbpf, openPinned } from "./libbpf.ts";
import { closeFd } from "./syscalls.ts";

const BPFFS_MAGIC = 0xcafe_4a11;
const DEFAULT_BPFFS = "/sys/fs/bpf";

/** Maps that outlive the daemon. */
export const PINNED_MAPS = [
  "connections4",
  "connections6",
  "annexes",
  "flows4",
  "flows6",
  "services",
  "real_servers",
  "marked",
  "clients",
  "tunnels",
  "policy",
  "rules",
  "transitions",
  "counters",
  "upcalls",
  "events",
  "lost_events",
  "interfaces",
  "meta",
] as const;

/** Connection records, by family. */
export interface RecordCounts {
  readonly 4: number;
  readonly 6: number;
}

/** First 32 bits of a hash over every table of core/layout.ts: the same number, the same bytes in the maps. */
const LAYOUT_HASH = createHash("sha256")
  .update(JSON.stringify(Object.entries(layout).sort(([a], [b]) => (a < b ? -1 : 1))))
  .digest()
  .readUInt32LE(0);

/** Make the directory, and mount the usual bpffs if it is to lie there. Throws `LbError` (refused). */
export function ensurePinDirectory(directory: string): void {
  if (directory.startsWith(`${DEFAULT_BPFFS}/`) && !isBpffs(DEFAULT_BPFFS)) {
    runCommand("mount", ["-t", "bpf", "bpf", DEFAULT_BPFFS]);
  }
  const want = `a directory on a bpffs, such as ${DEFAULT_BPFFS}/tandem`;
  const refuse = (why: string, cause?: unknown) =>
    new LbError({ code: "refused", doing: "pin the maps", why, want }, { cause });
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw refuse((cause as Error).message, cause);
  }
  if (!isBpffs(directory)) throw refuse(`"${directory}" is on another file system`);
}

/** Is a BPF file system mounted at or above `path`? False if there is no such path. */
const isBpffs = (path: string): boolean => existsSync(path) && statfsSync(path).type === BPFFS_MAGIC;

/** Write what the maps were made for; the last step of making them, so that maps without it are known to be unfinished. */
export function writeMeta(metaFd: number, records: RecordCounts): void {
  const value = new Uint32Array(layout.META.size / 4);
  value[layout.META.layoutHash] = LAYOUT_HASH;
  value[layout.META.records4] = records[4];
  value[layout.META.records6] = records[6];
  bpfChecked(libbpf().update(metaFd, new Uint32Array(1), value, 0n), "write the meta map");
}

/**
 * Are there maps in `directory` that this program can go on with? Unfinished ones are removed.
 *
 * @throws `LbError` (refused) if they were made with another layout or size.
 */
export function isAdoptable(directory: string, records: RecordCounts): boolean {
  const meta = readMeta(directory);
  if (!meta || meta[layout.META.layoutHash] === 0) {
    clearPins(directory);
    return false;
  }
  const found = describeMeta(meta);
  const want = describeMeta([LAYOUT_HASH, records[4], records[6]]);
  if (found === want) return true;
  throw new LbError({
    code: "refused",
    doing: `adopt the connections pinned in "${directory}"`,
    why: `they were made with ${found}`,
    want: `${want}; run the version and configuration that made them, or remove them (and every connection) with --cleanup`,
  });
}

const describeMeta = ([hash, records4, records6]: ArrayLike<number> & Iterable<number>): string =>
  `layout ${hash!.toString(16)}, ${records4} IPv4 and ${records6} IPv6 records`;

function readMeta(directory: string): Uint32Array | undefined {
  const fd = openPinned(join(directory, "meta"));
  if (fd === undefined) return undefined;
  const value = new Uint32Array(layout.META.size / 4);
  const result = libbpf().lookup(fd, new Uint32Array(1), value);
  closeFd(fd);
  bpfChecked(result, "read the meta map");
  return value;
}

/** Entries of a pinned map, which keeps its size whatever the configuration says now. Throws `LbError` (refused). */
export function pinnedEntries(directory: string, name: (typeof PINNED_MAPS)[number]): number {
  const fd = openPinned(join(directory, name));
  if (fd === undefined)
    throw new LbError({ code: "not_found", what: "pinned map", key: join(directory, name) });
  const { maxEntries } = describeMap(fd);
  closeFd(fd);
  return maxEntries;
}

/** Remove every pin and the directory; maps and programs vanish with their last user. No error if they are gone already. */
export function removePins(directory: string): void {
  if (!existsSync(directory)) return;
  clearPins(directory);
  rmdirSync(directory);
}

function clearPins(directory: string): void {
  for (const name of readdirSync(directory)) unlinkSync(join(directory, name));
}
