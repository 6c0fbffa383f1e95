/** The fast path of an instance that may have run before: its pinned programs, where they are the ones that would be loaded. */
import { createHash } from "node:crypto";
import { readdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { loadFastPath, type ProgramName, type RingBytes, readObjectFile } from "./fast-path-object.ts";
import {
  type BpfObject,
  bpfChecked,
  describeMap,
  libbpf,
  type ObjectFile,
  openMapOf,
  openPinned,
} from "./libbpf.ts";
import { PINNED_MAPS, type RecordCounts } from "./pins.ts";
import { closeFd } from "./syscalls.ts";

/** What is wanted of the fast path. */
export interface FastPathOptions {
  /** Where the instance is pinned: a directory on a bpffs. */
  readonly pinDirectory: string;
  readonly records: RecordCounts;
  readonly ringBytes: RingBytes;
  readonly programs: readonly ProgramName[];
  /** The checked-in object file, if absent. */
  readonly file?: ObjectFile;
}

/** The fast path in the kernel. */
export interface FastPath {
  mapFd(name: (typeof PINNED_MAPS)[number]): number;
  /** A map that lives and dies with the programs; one that nobody writes to if no program that is wanted has it. */
  ownMapFd(name: string): number;
  programFd(name: ProgramName): number;
  /** The programs are those of an earlier process: the kernel had nothing to verify. */
  readonly isAdopted: boolean;
  close(): void;
}

/**
 * Make or adopt the maps, and adopt or load the programs; nothing is attached. Verifying a program takes the kernel some tenths of a second
 * of CPU time, for which a director that forwards has better use, so that programs are pinned as their maps are. All that are wanted are
 * adopted, or none: a mixture would share the pinned maps, but not the others. Afterwards the directory holds what is in use and no more.
 *
 * @throws `LbError` (refused)
 */
export function takeFastPath(options: FastPathOptions): FastPath {
  const { programs, records, ringBytes, file = readObjectFile(), pinDirectory } = options;
  const load = (wanted: readonly ProgramName[]) =>
    loadFastPath(records, ringBytes, { file, pinDirectory, programs: wanted });
  const maps = load([]);
  const identity = identify(file, maps);
  const pins = programs.map((name) => join(pinDirectory, `${name}-${identity}`));
  const pinned = pins.map(openPinned);
  const isAdopted = !pinned.includes(undefined);
  unpin(pinDirectory, isAdopted ? pins : []);
  if (isAdopted) return adopt(maps, new Map(programs.map((name, i) => [name, pinned[i]!])));
  maps.close();
  for (const fd of pinned) if (fd !== undefined) closeFd(fd);
  const object = load(programs);
  for (const [i, name] of programs.entries()) pin(object.programFd(name), pins[i]!);
  return { ...object, ownMapFd: object.mapFd, isAdopted };
}

/**
 * What makes two programs the same: the file, of which nothing is changed while it is loaded but which maps it uses; and these maps. The
 * kernel needs no mention, as its pins end with it, and neither do the sizes of maps, which the maps have themselves. The name is as good as
 * the program behind it: it is given to what was loaded from these very bytes, with these maps, and as long as it exists its program keeps
 * them, so that no other map can come by one's id.
 *
 * @returns 16 hexadecimal digits; the names of pins may have no dots
 */
function identify({ bytes }: ObjectFile, maps: BpfObject): string {
  const ids = PINNED_MAPS.map((name) => describeMap(maps.mapFd(name)).id);
  return createHash("sha256").update(bytes).update(Uint32Array.from(ids)).digest("hex").slice(0, 16);
}

function adopt(maps: BpfObject, programs: ReadonlyMap<ProgramName, number>): FastPath {
  const opened: number[] = [];
  return {
    mapFd: maps.mapFd,
    ownMapFd(name) {
      for (const program of programs.values()) {
        const fd = openMapOf(program, name);
        if (fd === undefined) continue;
        opened.push(fd);
        return fd;
      }
      return maps.mapFd(name);
    },
    programFd: (name) => programs.get(name)!,
    isAdopted: true,
    close() {
      for (const fd of [...programs.values(), ...opened]) closeFd(fd);
      maps.close();
    },
  };
}

const pin = (fd: number, path: string): number => bpfChecked(libbpf().pin(fd, path), `pin "${path}"`);

/** Remove the pins of all programs but these. A program that is attached stays so until another one takes its place. */
function unpin(directory: string, kept: readonly string[]): void {
  const isKept = (name: string) =>
    (PINNED_MAPS as readonly string[]).includes(name) || kept.includes(join(directory, name));
  for (const name of readdirSync(directory)) if (!isKept(name)) unlinkSync(join(directory, name));
}
