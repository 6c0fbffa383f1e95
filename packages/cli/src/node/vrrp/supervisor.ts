/** keepalived's supervisor on a director: the shell around planStart, believe and the configuration that keepalived-config writes. */
import { mkdirSync, rmSync, statSync, truncateSync } from "node:fs";
import { uptime } from "node:os";
import {
  type DirectorVrrpSpec,
  directorVrrpConfig,
  emitKeepalivedConf,
  groupAddresses,
} from "keepalived-config";
import { repeat } from "../machine/repeat.ts";
import { type AddressTable, createIpAddressTable } from "./address-table.ts";
import { loadAllowList, unloadAllowList } from "./allow-list.ts";
import { createCustody } from "./custody.ts";
import { heldAddresses } from "./group-addresses.ts";
import type { Notification } from "./notification.ts";
import { type NotifyFifo, openNotifyFifo } from "./notify-fifo.ts";
import { runtimePaths } from "./paths.ts";
import type { VrrpRole } from "./role.ts";
import { createRoleBook, type RoleChange } from "./role-book.ts";
import { readFlag, writeFlag, writeHeartbeat } from "./track-files.ts";

/** A keepalived that is killed outright leaves its addresses behind, and the peer takes them too: this long there may be two owners. */
const WATCH_EVERY_MS = 100;
const POLL_EVERY_MS = 1000;
/** keepalived says little, but a peer with other settings can make it say much. */
const LOG_LIMIT_BYTES = 16 * 1024 * 1024;

/** What is supervised, and where it lies. */
export interface VrrpSupervisorOptions {
  /** Directory for this director alone, made if absent; on a tmpfs such as `/run/tandem`, so that no file outlives a boot. */
  readonly runtimeDir: string;
  readonly spec: DirectorVrrpSpec;
  /** Told what goes wrong in the background; the supervisor tries again by itself. */
  readonly report: (error: unknown) => void;
  /** Default: iproute2's `ip`. */
  readonly addresses?: AddressTable;
}

/** keepalived, kept running and told how this director is. */
export interface VrrpSupervisor {
  /**
   * Adopt the keepalived that runs, reload it if its configuration is another one, or start it. To be called once programs are
   * attached on every interface of the groups: from here on keepalived holds addresses as soon as there is a heartbeat.
   * A keepalived that had to be started finds the director not ready; an adopted one keeps what it was told.
   *
   * Rejects with LbError `refused` (keepalived does not accept the configuration; one that runs goes on as it was),
   * `unsupported` (no keepalived here) or `unavailable` (nft, ip).
   */
  start(): Promise<void>;
  /**
   * Stop supervising. With `leaveRunning` keepalived goes on by itself, until it has missed the heartbeat for 3–4 s; without,
   * it is ended, its addresses and the allow-list are gone, and a peer takes over at once.
   */
  stop(options: { readonly leaveRunning: boolean }): Promise<void>;
  /** Synced or alone. Takes effect on the election at once. */
  setReady(isReady: boolean): void;
  /** Leave the work to a ready peer. Survives a restart of the director, not of the machine: whoever calls remembers it. */
  setMaintenance(isInMaintenance: boolean): void;
  /** Say that this director can forward; to be called at least once a second, when main thread and forwarder have both answered. */
  beat(): void;
  /** FAULT before `start`, and for a group that is not configured. */
  role(group: string): VrrpRole;
  /** To be called before `start`, which tells the first roles. Returns a function that ends the subscription. */
  onRole(listener: (change: RoleChange) => void): () => void;
}

/**
 * Supervise a keepalived of our own in this network namespace. Makes the runtime directory, and nothing happens before `start`.
 *
 * @throws LbError `invalid_argument` for a specification that VRRP cannot do
 */
export function createVrrpSupervisor(options: VrrpSupervisorOptions): VrrpSupervisor {
  const { spec, report } = options;
  const paths = runtimePaths(options.runtimeDir);
  const config = emitKeepalivedConf(directorVrrpConfig(spec, paths));
  const groups = spec.groups.map((group) => ({ name: group.name, addresses: groupAddresses(group) }));
  const table = options.addresses ?? createIpAddressTable();
  mkdirSync(options.runtimeDir, { recursive: true });

  const closing = new AbortController();
  const tasks: Promise<void>[] = [];
  let fifo: NotifyFifo | undefined;
  let lastBeatS = Number.NEGATIVE_INFINITY;

  const book = createRoleBook(
    groups.map((group) => group.name),
    () => ({
      isReady: readFlag(paths.readiness),
      isInMaintenance: readFlag(paths.maintenance),
      heartbeatAgeS: uptime() - lastBeatS,
    }),
  );
  const learnAll = (evidence: Parameters<typeof book.learn>[1]) => {
    for (const group of groups) book.learn(group.name, evidence);
  };
  const custody = createCustody({
    paths,
    config,
    table,
    addresses: groups.flatMap((group) => group.addresses),
    onDeath: (why) => learnAll({ kind: "gone", why }),
    signal: closing.signal,
  });

  async function lookAtAddresses(kind: "found" | "polled"): Promise<void> {
    const present = await table.list();
    for (const { name, addresses } of groups)
      book.learn(name, { kind, holdsAddress: heldAddresses(addresses, present).length > 0 });
  }

  const receive = ({ group, state, priority }: Notification) =>
    book.learn(group, { kind: "notified", state, priority });

  /** Roles of a keepalived that ran without us: from its addresses; what it wrote meanwhile tells FAULT from BACKUP. */
  async function learnAdoptedRoles(backlog: readonly Notification[]): Promise<void> {
    await lookAtAddresses("found");
    const last = new Map(backlog.map((n) => [n.group, n]));
    for (const n of last.values()) if (n.state === "FAULT" && book.role(n.group) === "BACKUP") receive(n);
  }

  function keepWatching(): void {
    const watched = [
      { task: () => custody.watch(), everyMs: WATCH_EVERY_MS },
      { task: () => lookAtAddresses("polled"), everyMs: POLL_EVERY_MS },
      { task: () => limitLog(paths.log), everyMs: POLL_EVERY_MS },
    ];
    for (const { task, everyMs } of watched)
      tasks.push(repeat(task, { everyMs, signal: closing.signal, report }));
  }

  async function stopWatching(): Promise<void> {
    closing.abort();
    await Promise.all(tasks);
    fifo?.close();
  }

  return {
    async start() {
      await loadAllowList(spec, paths.allowList);
      fifo = openNotifyFifo(paths.notifyFifo);
      const plan = await custody.take(() => writeFlag(paths.readiness, false));
      if (plan !== "start") await learnAdoptedRoles(fifo.drain());
      fifo.listen(receive, report);
      keepWatching();
    },
    async stop({ leaveRunning }) {
      await stopWatching();
      if (leaveRunning) return;
      await custody.end();
      await unloadAllowList(spec);
      for (const path of Object.values(paths))
        if (path !== paths.maintenance && path !== paths.log) rmSync(path, { force: true });
      learnAll({ kind: "gone", why: "the director was stopped" });
    },
    setReady: (isReady) => writeFlag(paths.readiness, isReady),
    setMaintenance: (isInMaintenance) => writeFlag(paths.maintenance, isInMaintenance),
    beat() {
      writeHeartbeat(paths.heartbeat);
      lastBeatS = uptime();
    },
    role: book.role,
    onRole: book.onRole,
  };
}

/** keepalived appends, so a file that was cut goes on from its new end. */
function limitLog(path: string): void {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT_BYTES) truncateSync(path);
}
