/** Windows, directors and scenes for tests: all is well in them unless a test says otherwise. */
import type { NodeStatus, ServiceStatus } from "@tandem/engine";
import type { StepSummary } from "../lab/index.ts";
import type { SiteView } from "./conditions.ts";
import type { DirectorName } from "./site.ts";
import { STEP_NAMES, type StepName, type StepWindow } from "./step-window.ts";

/** A thousand sessions and nothing wrong. */
export function summary(more: Partial<StepSummary> = {}): StepSummary {
  return {
    name: "",
    durationMs: 10_000,
    sessions: { before: 1000, after: 1000, lost: 0, why: {}, lines: 40_000 },
    udp: { flows: 200, moved: 0, lost: 0, wrong: 0, replies: 8_000 },
    gapMs: { worst: 12.34, p99: 8.01 },
    outageMs: 3,
    http: { ok: 200, failed: 0, failures: [], servers: { s1: 67, s2: 67, s3: 66 } },
    voided: { count: 4, share: 0.0001 },
    stalls: { count: 1, worstMs: 31 },
    ...more,
  };
}

/** A step in which every target is met. */
export function stepWindow(name: StepName, more: Partial<StepSummary> = {}): StepWindow {
  const facts = {
    ...(name === "server-fails" && { strays: 0 }),
    ...(name === "director-killed" && { kill: { beginMs: 1_000_000, endMs: 1_000_020 } }),
  };
  const active = name === "director-killed" ? "d2" : "d1";
  const replicationLagMs = name === "director-killed" ? { p50: null, p99: null } : { p50: 1.5, p99: 7 };
  return { name, traffic: summary(more), active, replicationLagMs, facts };
}

/** A run in which every target is met, but for what one step saw. */
export function windowsWith(step?: StepName, more: Partial<StepSummary> = {}): StepWindow[] {
  return STEP_NAMES.map((name) => stepWindow(name, name === step ? more : {}));
}

/** What a healthy director says. */
function nodeStatus(node: DirectorName, more: Partial<NodeStatus> = {}): NodeStatus {
  return {
    node,
    version: "0.1.0",
    role: node === "d1" ? "active" : "standby",
    roleCause: "VRRP said so",
    roleSinceMs: 0,
    revision: 3,
    sync: "live",
    connections: 1203,
    capacity: 262_144,
    forwarding: true,
    ...(node === "d2" && { lagMs: { p50: 1.25, p99: 6 } }),
    peers: [],
    nats: "connected",
    maintenance: false,
    virtualAddresses: [],
    alarms: [],
    packets: {},
    ...more,
  };
}

/** A service on three servers; `weights` are theirs. */
export function service(weights: readonly [number, number, number] = [1, 1, 1]): ServiceStatus {
  const traffic = { connections: 90, inPackets: 0, inBytes: 4096, outPackets: 0, outBytes: 8192 };
  return {
    id: 1,
    protocol: "tcp",
    address: "10.77.0.100",
    port: 7000,
    scheduler: "wlc",
    schedulerFlags: [],
    onePacket: false,
    traffic,
    rates: traffic,
    destinations: weights.map((weight, i) => ({
      id: 2 + i,
      address: `10.78.0.${11 + i}`,
      port: 7000,
      method: "masquerade",
      configuredWeight: 1,
      effectiveWeight: weight,
      why: weight > 0 ? "configured" : "status 503",
      health: weight > 0 ? ("up" as const) : ("down" as const),
      activeConnections: 30,
      inactiveConnections: i,
      persistentConnections: 0,
      upperThreshold: 0,
      lowerThreshold: 0,
      overloaded: false,
      held: false,
      removed: false,
      traffic,
      rates: traffic,
    })),
  };
}

/** Both directors, with what each says differently from the usual; `null` says nothing. */
export function siteView(
  d1: Partial<NodeStatus> | null = {},
  d2: Partial<NodeStatus> | null = {},
  services: readonly ServiceStatus[] = [service()],
): SiteView {
  const view = (name: DirectorName, more: Partial<NodeStatus> | null) => ({
    name,
    status: more ? nodeStatus(name, more) : undefined,
    services: more ? services : [],
  });
  return { d1: view("d1", d1), d2: view("d2", d2) };
}
