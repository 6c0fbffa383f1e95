/** A node's seat in VRRP: one role out of its groups', the heartbeat that keeps it, and what the node says about being ready. */
import { join } from "node:path";
import type { Probe, Role } from "@tandem/engine";
import type { Logger } from "pino";
import type { NodeConfig } from "../config/node-config.ts";
import type { NodeEvents } from "../events/node-events.ts";
import { repeat } from "../machine/repeat.ts";
import { runtimePaths } from "../vrrp/paths.ts";
import type { VrrpRole } from "../vrrp/role.ts";
import { createVrrpSupervisor, type VrrpSupervisor } from "../vrrp/supervisor.ts";
import { readFlag } from "../vrrp/track-files.ts";
import { createMaintenanceFile } from "./maintenance-file.ts";
import { vrrpSpecOf } from "./vrrp-spec.ts";

/** A node's role, and why it has it. */
export interface Seat {
  readonly role: Role;
  readonly cause: string;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
}

/** Who takes a seat, keeps it and says how the node is. */
export interface SeatHolder {
  seat(): Seat;
  /** The virtual addresses that move with this seat. */
  readonly addresses: readonly string[];
  /** Start or adopt keepalived and beat for as long as the node is alive. Rejects as `VrrpSupervisor.start`. */
  take(): Promise<void>;
  /** Stop beating and supervising; keepalived goes on by itself. */
  leave(): Promise<void>;
  setReady(isReady: boolean): void;
  /**
   * Leave the addresses to a peer that is ready. Readiness outranks maintenance, so that nobody takes over without the connections;
   * with `toUnready` this node calls itself unready, too, as long as it is in maintenance. Survives restarts and reboots. A node without VRRP
   * only says that it is not ready. @throws LbError unavailable if it cannot be remembered: then nothing has changed
   */
  enterMaintenance(options: { toUnready: boolean }): void;
  /** @throws LbError as `enterMaintenance` */
  leaveMaintenance(): void;
  isInMaintenance(): boolean;
  /** Whether this node may become active, and why not. */
  readiness(): Probe;
}

const ROLE_OF: Record<VrrpRole, Role> = { MASTER: "active", BACKUP: "standby", FAULT: "fault" };

/** The one role of a node with several groups: active where it owns any, else fault if any is. */
export function roleOf(groups: readonly VrrpRole[]): Role {
  if (groups.includes("MASTER")) return ROLE_OF.MASTER;
  return groups.includes("FAULT") ? ROLE_OF.FAULT : ROLE_OF.BACKUP;
}

/** keepalived looks at the heartbeat once a second and gives up at 2 s. */
const BEAT_EVERY_MS = 500;

/** The seat of a node; without VRRP in its configuration it serves whatever reaches it. `canForward`: main thread and forwarder both answer, on every interface. */
export function createSeatHolder(
  config: NodeConfig,
  around: {
    log: Pick<Logger, "info" | "warn">;
    canForward: () => Promise<boolean>;
    events: Pick<NodeEvents, "onRole" | "onMaintenance">;
    /** Default: keepalived itself. */
    supervise?: typeof createVrrpSupervisor;
  },
): SeatHolder {
  const spec = vrrpSpecOf(config);
  const { log, events, supervise = createVrrpSupervisor } = around;
  const groups = (config.vrrp?.groups ?? []).map((group) => group.name);
  const runtimeDir = join(config.runtimeDir, "vrrp");
  const vrrp: VrrpSupervisor | undefined = spec && supervise({ runtimeDir, spec, report });
  let seat: Seat = vrrp
    ? { role: "fault", cause: "not started", sinceMs: Date.now() }
    : { role: "standalone", cause: "no VRRP is configured", sinceMs: Date.now() };
  /** Undefined until somebody has said so: a keepalived that is adopted keeps what it was told. */
  let isReady: boolean | undefined;
  /** As the last heartbeat found it. */
  let canForward: boolean | undefined;
  let isServing: boolean | undefined;
  let isSeated = false;
  let isUntold = false;
  const file = createMaintenanceFile(join(config.stateDir, "maintenance.json"));
  const toldLast = readFlag(runtimePaths(runtimeDir).maintenance); // it lies where a reboot takes it away
  const loaded = file.load();
  if (loaded === "unreadable")
    log.warn(
      { maintenance: toldLast },
      "cannot read whether this node is in maintenance: it is as keepalived was told last",
    );
  const remembered = loaded === "unreadable" ? { isOn: toldLast, toUnready: false } : loaded;
  let isInMaintenance = remembered?.isOn ?? false;
  let yieldsToUnready = remembered?.toUnready ?? false;
  if (toldLast !== isInMaintenance) vrrp?.setMaintenance(isInMaintenance);
  const ending = new AbortController();
  let beating = Promise.resolve();

  function report(error: unknown): void {
    log.warn({ err: error }, "keepalived's supervision");
  }

  async function beat(): Promise<void> {
    if (isUntold) tellReadiness();
    canForward = await around.canForward();
    if (canForward) vrrp?.beat();
    logReadiness();
  }

  /** Ready to serve is who is in sync and can forward; nothing is said before both are known. */
  function logReadiness(): void {
    if (isReady === undefined || canForward === undefined) return;
    const wasServing = isServing;
    isServing = isReady && canForward;
    if (isServing === wasServing) return;
    log.info({ isInSync: isReady, canForward }, isServing ? "ready to serve" : "not ready to serve");
  }

  /** What cannot be written, as on a full tmpfs, must not end the node: it is tried again with the next heartbeat. */
  function tellReadiness(): void {
    if (!isSeated || isReady === undefined) return;
    isUntold = true;
    try {
      vrrp?.setReady(isReady && !yieldsToUnready);
      isUntold = false;
    } catch (error) {
      report(error);
    }
  }

  function setMaintenance(isOn: boolean, toUnready: boolean): void {
    file.save({ isOn, toUnready });
    log.info({ maintenance: isOn, toUnready }, "maintenance");
    if (isInMaintenance !== isOn) events.onMaintenance(isOn);
    isInMaintenance = isOn;
    yieldsToUnready = toUnready;
    vrrp?.setMaintenance(isOn);
    tellReadiness();
  }

  vrrp?.onRole(({ group, role, previous, cause, atMs }) => {
    log.info({ group, role, previous, cause }, "VRRP role changed");
    const next = roleOf(groups.map((name) => vrrp.role(name)));
    if (next === seat.role) return;
    events.onRole({ role: next, before: seat.role, cause });
    seat = { role: next, cause, sinceMs: atMs };
  });

  return {
    seat: () => seat,
    addresses: (config.vrrp?.groups ?? []).flatMap((group) => group.addresses),
    async take() {
      await beat();
      beating = repeat(beat, { everyMs: BEAT_EVERY_MS, signal: ending.signal, report });
      await vrrp?.start();
      isSeated = true;
      tellReadiness(); // said before there was anybody to say it to
    },
    async leave() {
      ending.abort();
      await beating;
      await vrrp?.stop({ leaveRunning: true });
    },
    setReady(now) {
      isReady = now;
      logReadiness();
      tellReadiness();
    },
    enterMaintenance: ({ toUnready }) => setMaintenance(true, toUnready),
    leaveMaintenance: () => setMaintenance(false, false),
    isInMaintenance: () => isInMaintenance,
    readiness() {
      if (isInMaintenance) return { ok: false, why: "in maintenance" };
      return isReady ? { ok: true, why: "ready" } : { ok: false, why: "not in sync with the peers yet" };
    },
  };
}

/** End the keepalived that a node left running, and take its addresses away. Returns what was removed, one line each. */
export async function removeSeat(config: NodeConfig): Promise<string[]> {
  const spec = vrrpSpecOf(config);
  if (!spec) return [];
  const runtimeDir = join(config.runtimeDir, "vrrp");
  const report = (error: unknown) => {
    throw error;
  };
  await createVrrpSupervisor({ runtimeDir, spec, report }).stop({ leaveRunning: false });
  return ["keepalived with its addresses and allow-list"];
}
