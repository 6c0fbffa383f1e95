/** libbpf (1.1 or newer, Debian's `libbpf1`) through koffi: objects, maps, programs and hooks, as thin as it goes. */
import { basename } from "node:path";
import { LbError } from "@tandem/model";
import koffi from "koffi";
import { addressOf, closeFd, ERRNO, refusal } from "./syscalls.ts";

const LIBRARY = "libbpf.so.1";

/** A pointer to something of libbpf's own. */
export type Handle = bigint;

/** Bound at first use, so that a machine without the library can say so instead of failing to start. */
let bound: ReturnType<typeof bind> | undefined;

function bind() {
  const lib = koffi.load(LIBRARY);
  // Warnings go to stderr by default; what matters comes back as an errno.
  lib.func("void *libbpf_set_print(void *)")(null);
  return {
    openMemory: lib.func("void *bpf_object__open_mem(void *, size_t, void *)"),
    load: lib.func("int bpf_object__load(void *)"),
    closeObject: lib.func("void bpf_object__close(void *)"),
    findMap: lib.func("void *bpf_object__find_map_by_name(void *, const char *)"),
    findProgram: lib.func("void *bpf_object__find_program_by_name(void *, const char *)"),
    setAutoload: lib.func("int bpf_program__set_autoload(void *, bool)"),
    setMaxEntries: lib.func("int bpf_map__set_max_entries(void *, uint32_t)"),
    setPinPath: lib.func("int bpf_map__set_pin_path(void *, const char *)"),
    setInitialValue: lib.func("int bpf_map__set_initial_value(void *, void *, size_t)"),
    mapFd: lib.func("int bpf_map__fd(void *)"),
    programFd: lib.func("int bpf_program__fd(void *)"),
    createMap: lib.func("int bpf_map_create(int, const char *, uint32_t, uint32_t, uint32_t, void *)"),
    lookup: lib.func("int bpf_map_lookup_elem(int, void *, void *)"),
    update: lib.func("int bpf_map_update_elem(int, void *, void *, uint64_t)"),
    delete: lib.func("int bpf_map_delete_elem(int, void *)"),
    nextKey: lib.func("int bpf_map_get_next_key(int, void *, void *)"),
    updateBatch: lib.func("int bpf_map_update_batch(int, void *, void *, void *, void *)"),
    deleteBatch: lib.func("int bpf_map_delete_batch(int, void *, void *, void *)"),
    lookupBatch: lib.func("int bpf_map_lookup_batch(int, void *, void *, void *, void *, void *, void *)"),
    getPinned: lib.func("int bpf_obj_get(const char *)"),
    pin: lib.func("int bpf_obj_pin(int, const char *)"),
    describeFd: lib.func("int bpf_obj_get_info_by_fd(int, void *, void *)"),
    mapById: lib.func("int bpf_map_get_fd_by_id(uint32_t)"),
    programById: lib.func("int bpf_prog_get_fd_by_id(uint32_t)"),
    possibleCpus: lib.func("int libbpf_num_possible_cpus()"),
    createHook: lib.func("int bpf_tc_hook_create(void *)"),
    destroyHook: lib.func("int bpf_tc_hook_destroy(void *)"),
    attachTc: lib.func("int bpf_tc_attach(void *, void *)"),
    detachTc: lib.func("int bpf_tc_detach(void *, void *)"),
    queryTc: lib.func("int bpf_tc_query(void *, void *)"),
    attachXdp: lib.func("int bpf_xdp_attach(int, int, uint32_t, void *)"),
    queryXdp: lib.func("int bpf_xdp_query_id(int, int, void *)"),
    testRun: lib.func("int bpf_prog_test_run_opts(int, void *)"),
  };
}

/** The library's functions. Throws `LbError` (unsupported) where it is not installed. */
export function libbpf(): ReturnType<typeof bind> {
  try {
    return (bound ??= bind());
  } catch (cause) {
    const missing = { name: LIBRARY, needs: "1.1", found: "missing", fix: "apt-get install libbpf1" };
    throw new LbError({ code: "unsupported", missing: [missing] }, { cause });
  }
}

/** The result of a call that says -errno for failure. Throws `LbError` (refused). */
export function bpfChecked(result: number, doing: string): number {
  if (result < 0) throw refusal(doing, -result);
  return result;
}

/** A BPF object file as it was read. */
export interface ObjectFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What to load of an object file: sizes and pins by map name, constants by section. */
export interface ObjectOptions {
  file: ObjectFile;
  maxEntries: Readonly<Record<string, number>>;
  /** Directory in a bpffs; maps that are pinned there already are used as they are. Absent: nothing is pinned. */
  pinDirectory?: string;
  /** Names of the maps to pin. */
  pinned: readonly string[];
  /** Bytes of the section `.rodata`. */
  constants?: Uint8Array;
  /** Programs that are not wanted: the kernel need not verify them. */
  leftOut?: readonly string[];
}

/** A loaded object. */
export interface BpfObject {
  mapFd(name: string): number;
  programFd(name: string): number;
  close(): void;
}

/** Size, pin and load the object of a file. Throws `LbError` (refused) if the kernel or libbpf does not take it. */
export function loadObject(options: ObjectOptions): BpfObject {
  const lib = libbpf();
  const doing = `load "${options.file.path}"`;
  const object = openObject(options.file);
  if (object === null) throw refusal(doing, koffi.errno());
  try {
    prepareMaps(object, options);
    for (const name of options.leftOut ?? []) {
      const program = present(lib.findProgram(object, name), name);
      bpfChecked(lib.setAutoload(program, false), `leave out program "${name}"`);
    }
    bpfChecked(lib.load(object), doing);
  } catch (cause) {
    lib.closeObject(object);
    throw cause;
  }
  return {
    mapFd: (name) => lib.mapFd(findMap(object, name)),
    programFd: (name) => lib.programFd(present(lib.findProgram(object, name), name)),
    close: () => lib.closeObject(object),
  };
}

/** libbpf copies what it needs of the bytes. */
function openObject({ path, bytes }: ObjectFile): Handle | null {
  const name = Buffer.from(`${basename(path).replace(/\..*/, "")}\0`);
  // struct bpf_object_open_opts up to its second field: size (8 bytes), name of the object, which its section maps are called after
  const options = new BigUint64Array([16n, addressOf(name)]);
  return libbpf().openMemory(bytes, bytes.length, options) as Handle | null;
}

function prepareMaps(object: Handle, options: ObjectOptions): void {
  const lib = libbpf();
  for (const [name, entries] of Object.entries(options.maxEntries)) {
    bpfChecked(lib.setMaxEntries(findMap(object, name), entries), `size map "${name}"`);
  }
  for (const name of options.pinDirectory === undefined ? [] : options.pinned) {
    bpfChecked(lib.setPinPath(findMap(object, name), `${options.pinDirectory}/${name}`), `pin map "${name}"`);
  }
  if (options.constants) {
    const constants = findMap(object, ".rodata");
    bpfChecked(lib.setInitialValue(constants, options.constants, options.constants.length), "set constants");
  }
}

const findMap = (object: Handle, name: string): Handle => present(libbpf().findMap(object, name), name);

function present(handle: Handle | null, name: string): Handle {
  if (handle === null) throw new Error(`invariant: the BPF object has no "${name}"`);
  return handle;
}

/** Open a pinned map or program, or return undefined if nothing is pinned there. Throws `LbError` (refused). The caller closes it. */
export function openPinned(path: string): number | undefined {
  const fd = libbpf().getPinned(path);
  if (fd === -ERRNO.ENOENT!) return undefined;
  return bpfChecked(fd, `open "${path}"`);
}

/** A map in the kernel as it describes itself. */
export interface LoadedMap {
  /** No two maps that exist have the same. */
  readonly id: number;
  readonly maxEntries: number;
}

/** Id and most entries of a map: `struct bpf_map_info`, second and fifth word. Throws `LbError` (refused). */
export function describeMap(fd: number): LoadedMap {
  const info = new Uint32Array(32);
  bpfChecked(libbpf().describeFd(fd, info, new Uint32Array([info.byteLength])), "describe a map");
  return { id: info[1]!, maxEntries: info[4]! };
}

/** Places in `struct bpf_prog_info` and `struct bpf_map_info`, in bytes. */
const PROGRAM_INFO = { mapCount: 52, mapIds: 56, size: 232 } as const;
const MAP_INFO = { name: 24, size: 128 } as const;
const MOST_MAPS = 64;

/** The map of this name that a program has, or undefined if it has none. Throws `LbError` (refused). The caller closes it. */
export function openMapOf(programFd: number, name: string): number | undefined {
  const ids = new Uint32Array(MOST_MAPS);
  const info = Buffer.alloc(PROGRAM_INFO.size);
  info.writeUInt32LE(MOST_MAPS, PROGRAM_INFO.mapCount);
  info.writeBigUInt64LE(addressOf(ids.buffer), PROGRAM_INFO.mapIds);
  bpfChecked(libbpf().describeFd(programFd, info, new Uint32Array([info.length])), "describe a program");
  for (const id of ids.subarray(0, info.readUInt32LE(PROGRAM_INFO.mapCount))) {
    const fd = bpfChecked(libbpf().mapById(id), "open a program's map");
    if (nameOfMap(fd) === name) return fd;
    closeFd(fd);
  }
  return undefined;
}

function nameOfMap(fd: number): string {
  const info = Buffer.alloc(MAP_INFO.size);
  bpfChecked(libbpf().describeFd(fd, info, new Uint32Array([info.length])), "describe a map");
  return info.toString("latin1", MAP_INFO.name, MAP_INFO.name + 16).replace(/\0.*$/s, "");
}

/** A program in the kernel as it describes itself. */
export interface LoadedProgram {
  readonly id: number;
  readonly name: string;
}

/** Name of a loaded program: `struct bpf_prog_info`, 16 bytes at 64. Undefined if it is gone. */
export function describeProgram(fd: number): LoadedProgram {
  const info = Buffer.alloc(232);
  bpfChecked(libbpf().describeFd(fd, info, new Uint32Array([info.length])), "describe a program");
  return { id: info.readUInt32LE(4), name: info.toString("latin1", 64, 80).replace(/\0.*$/s, "") };
}
