/**
 * The data plane in the kernel: the fast path's programs and the maps that they share with this thread. Maps are pinned, so that known
 * flows go on while no daemon runs, and the next one adopts them.
 */
import { closeSync } from "node:fs";
import { ANNEX, RECORD_BYTES } from "../../core/layout.ts";
import { packTransitions } from "../../protocols/transitions.ts";
import type { DataPlane, Policy } from "../dataplane.ts";
import { createKernelCapture } from "./capture.ts";
import { readCounter, readReasons } from "./counters.ts";
import { HOOK_PROGRAMS, INJECTION_PROGRAM, type ProgramName, type RingBytes } from "./fast-path-object.ts";
import { requireFeatures } from "./features.ts";
import { createFlowMap } from "./flow-map.ts";
import { removeFormerPrograms } from "./former-programs.ts";
import { createInjection } from "./injection.ts";
import { keepInjectionLink, removeInjectionLink } from "./injection-link.ts";
import { lockInstance } from "./instance-lock.ts";
import { createInterfaceKeeper } from "./interface-keeper.ts";
import { keepProgram } from "./kept-program.ts";
import { type Attachment, detachProgram, findLink, listAttachments } from "./links.ts";
import { type FastPath, takeFastPath } from "./pinned-fast-path.ts";
import {
  ensurePinDirectory,
  isAdoptable,
  PINNED_MAPS,
  pinnedEntries,
  type RecordCounts,
  removePins,
  writeMeta,
} from "./pins.ts";
import { createPolicyMaps } from "./policy-maps.ts";
import { createProgramming } from "./programming.ts";
import { createRing } from "./ring.ts";
import { openRoutes } from "./routes.ts";
import { createServiceMaps } from "./service-maps.ts";
import { createSources } from "./sources.ts";
import {
  clearEvent,
  closeFd,
  createEvent,
  createPollSet,
  mapMemory,
  pollReadable,
  raiseEvent,
} from "./syscalls.ts";
import { createTunnelMap } from "./tunnel-map.ts";
import { createEventReader, createUpcallReader } from "./upcalls.ts";

const DEFAULT_RING_BYTES: RingBytes = { upcalls: 8 << 20, events: 1 << 20 };
/** Ticks of 2^20 ns in a millisecond. */
const TICKS_PER_MS = 1e6 / 2 ** 20;

/** What a new instance does until it is told otherwise. */
const FIRST_POLICY: Policy = { flags: 0, budget: 0, rules: [], transitions: packTransitions() };

/** Where an instance lives and how large it is. Plain values: they travel to the worker thread. */
export interface KernelOptions {
  /** Directory of this instance on a bpffs; made if it is missing. */
  readonly pinDirectory: string;
  /** File that is locked while an instance runs; made if it is missing. */
  readonly lockPath: string;
  /** Capacity by family. A pinned instance must have the same. */
  readonly records: RecordCounts;
  /** Interfaces to attach to, and to attach to again when they come back. One that is missing is a fault until it comes. */
  readonly attach: readonly Attachment[];
  /** Sizes of new rings, powers of two. A pinned instance keeps the ones it has. */
  readonly ringBytes?: RingBytes;
}

/** The kernel data plane, owned by the thread that made it. */
export interface KernelDataPlane extends DataPlane {
  /** Whether connections of an earlier process were found. */
  readonly adopted: boolean;
  /** Event counter that ends `wait`: any thread may write 8 bytes to it (`wake`). */
  readonly wakeFd: number;
  /** As `wait`, but leave upcalls and events waiting: for a forwarder that cannot take them yet, and must not spin because of them. */
  waitForOrders(timeoutMs: number): void;
}

/** End the `wait` of the data plane with this `wakeFd`. For other threads. Never throws. */
export function wake(wakeFd: number): void {
  raiseEvent(wakeFd);
}

/**
 * Take over the kernel side of an instance, or make it: adopt or create the maps, load the programs, and put them in the place of older ones
 * without a gap. Everything happens in the caller's network namespace.
 *
 * @throws `LbError`: refused (another process runs it; maps of another layout or size; the kernel says no), unsupported, not_found
 */
export function createKernelDataPlane(options: KernelOptions): KernelDataPlane {
  requireFeatures();
  const lockFd = lockInstance(options.lockPath);
  try {
    return takeOver(options, lockFd);
  } catch (cause) {
    closeSync(lockFd);
    throw cause;
  }
}

function takeOver(options: KernelOptions, lockFd: number): KernelDataPlane {
  ensurePinDirectory(options.pinDirectory);
  const adopted = isAdoptable(options.pinDirectory, options.records);
  const ringBytes = adopted
    ? pinnedRingBytes(options.pinDirectory)
    : (options.ringBytes ?? DEFAULT_RING_BYTES);
  const programs = new Set<ProgramName>([
    INJECTION_PROGRAM,
    ...options.attach.map((a) => HOOK_PROGRAMS[a.hook]),
  ]);
  const fastPath = takeFastPath({ ...options, ringBytes, programs: [...programs] });
  const fds = Object.fromEntries(PINNED_MAPS.map((name) => [name, fastPath.mapFd(name)])) as PinnedFds;
  const policy = createPolicyMaps(fds);
  if (!adopted) {
    policy.set(FIRST_POLICY);
    writeMeta(fds.meta, options.records);
  }

  const { mend, ...capture } = createKernelCapture(fastPath.ownMapFd);
  const injection = createInjection();
  const keeper = createInterfaceKeeper([
    policy,
    { mend },
    keepInjectionLink(fastPath.programFd(INJECTION_PROGRAM), ({ near, far }) => {
      injection.moveTo(near.index, far.mac);
      policy.injectBy(near.index);
    }),
    ...options.attach.map((a) => keepProgram(a, fastPath.programFd(HOOK_PROGRAMS[a.hook]), fds.interfaces)),
    removeFormerPrograms(options.attach),
  ]);
  const upcalls = createRing(fds.upcalls, ringBytes.upcalls);
  const events = createRing(fds.events, ringBytes.events);
  const flows = { 4: createFlowMap(fds.flows4, 4), 6: createFlowMap(fds.flows6, 6) };
  const sources = createSources(openRoutes());
  const tunnels = createTunnelMap(fds.tunnels, sources.sourceFor);
  tunnels.turn(false, performance.now());
  const wakeFd = createEvent();
  const work = createPollSet([fds.upcalls, fds.events, wakeFd, keeper.fd, sources.fd]);
  const orders = createPollSet([wakeFd, keeper.fd, sources.fd]);

  function sleep(until: typeof work, timeoutMs: number): void {
    pollReadable(until, timeoutMs);
    clearEvent(wakeFd);
    keeper.turn();
    tunnels.turn(sources.turn(), performance.now());
  }

  return {
    records: { 4: mapRecords(fastPath, options.records, 4), 6: mapRecords(fastPath, options.records, 6) },
    annexes: new Uint8Array(mapMemory(fds.annexes, ANNEX.bytes * ANNEX.slots, { writable: true })),
    adopted,
    wakeFd,
    now,
    wait: (timeoutMs) => sleep(work, timeoutMs),
    waitForOrders: (timeoutMs) => sleep(orders, timeoutMs),
    faults: keeper.faults,
    drainUpcalls: createUpcallReader(upcalls),
    drainEvents: createEventReader(events),
    lostEvents: () => readCounter(fds.lost_events),
    insertFlow: (family, key, index, direction) => flows[family].insert(key, index, direction),
    deleteFlow: (family, key) => flows[family].delete(key),
    flushFlows(refused) {
      flows[4].flush((index) => refused(4, index));
      flows[6].flush((index) => refused(6, index));
    },
    scanFlows: (family, visit) => flows[family].scan(visit),
    inject: injection.inject,
    flushPackets: injection.flush,
    ...createProgramming(createServiceMaps(fds), tunnels),
    setPolicy: policy.set,
    sourceFor: sources.sourceFor,
    ...capture,
    counters: () => readReasons(fds.counters),
    close() {
      capture.setCapture(undefined);
      keeper.close();
      sources.close();
      injection.close();
      closeFd(wakeFd);
      fastPath.close();
      closeSync(lockFd);
    },
  };
}

type PinnedFds = Readonly<Record<(typeof PINNED_MAPS)[number], number>>;

/**
 * Remove what an instance left: programs, the injection veth, pinned maps and with them every connection.
 *
 * @throws `LbError` (refused) while a process runs the instance
 */
export function removeKernelDataPlane(options: Pick<KernelOptions, "pinDirectory" | "lockPath">): void {
  const lockFd = lockInstance(options.lockPath);
  for (const { link, hook } of listAttachments()) detachProgram(findLink(link), hook);
  removeInjectionLink();
  removePins(options.pinDirectory);
  closeSync(lockFd);
}

const pinnedRingBytes = (directory: string): RingBytes => ({
  upcalls: pinnedEntries(directory, "upcalls"),
  events: pinnedEntries(directory, "events"),
});

function mapRecords(fastPath: FastPath, records: RecordCounts, family: 4 | 6): Uint32Array {
  const bytes = records[family] * RECORD_BYTES[family];
  return new Uint32Array(mapMemory(fastPath.mapFd(`connections${family}`), bytes, { writable: true }));
}

/** performance.now() counts on CLOCK_MONOTONIC from some start; the fast path from the clock's own zero. */
const clockOffsetMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();
const now = (): number => Math.floor((performance.now() + clockOffsetMs) * TICKS_PER_MS) >>> 0;
