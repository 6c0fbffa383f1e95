/** What a director believes about its role in a VRRP group, and what makes it change its mind. Pure. */
import type { NotifiedState } from "./notification.ts";

export type VrrpRole = "MASTER" | "BACKUP" | "FAULT";

export interface RoleBelief {
  readonly role: VrrpRole;
  /** Why, in words for the log. */
  readonly cause: string;
  /** Address polls in a row that contradict `role`. */
  readonly doubts: number;
}

/** What this director itself has told keepalived: the likeliest reason for what keepalived then does. */
export interface OwnSide {
  readonly isReady: boolean;
  readonly isInMaintenance: boolean;
  /** Seconds since the last heartbeat; Infinity if there was none. */
  readonly heartbeatAgeS: number;
}

export type RoleEvidence =
  | { readonly kind: "found"; readonly holdsAddress: boolean }
  | { readonly kind: "notified"; readonly state: NotifiedState; readonly priority: number }
  | { readonly kind: "polled"; readonly holdsAddress: boolean }
  | { readonly kind: "gone"; readonly why: string };

export const NOT_STARTED: RoleBelief = { role: "FAULT", cause: "not started", doubts: 0 };

/** keepalived's states in ours: an instance that is stopped or deleted serves nobody. */
const ROLE_OF: Record<NotifiedState, VrrpRole> = {
  MASTER: "MASTER",
  BACKUP: "BACKUP",
  FAULT: "FAULT",
  STOP: "FAULT",
  DELETED: "FAULT",
};

/** A poll can fall between a notification and its addresses, so one that contradicts must be followed by another. */
const DOUBTS_NEEDED = 2;

/** Heartbeats older than this explain a FAULT; keepalived's check sees them at 2 s. */
const HEARTBEAT_LATE_S = 2;

/**
 * Change a belief by a piece of evidence: addresses found at start and notifications count at once, polls when two in a row
 * say the same.
 *
 * @returns the belief from now on; the same object if nothing changed. Never throws.
 */
export function believe(belief: RoleBelief, evidence: RoleEvidence, own: OwnSide): RoleBelief {
  switch (evidence.kind) {
    case "found":
      return become(
        belief,
        evidence.holdsAddress ? "MASTER" : "BACKUP",
        holding(evidence.holdsAddress, "at start"),
      );
    case "notified":
      return become(belief, ROLE_OF[evidence.state], explain(belief, evidence, own));
    case "polled":
      return poll(belief, evidence.holdsAddress);
    case "gone":
      return become(belief, "FAULT", evidence.why);
  }
}

function poll(belief: RoleBelief, holdsAddress: boolean): RoleBelief {
  if (holdsAddress === (belief.role === "MASTER"))
    return belief.doubts === 0 ? belief : { ...belief, doubts: 0 };
  if (belief.doubts + 1 < DOUBTS_NEEDED) return { ...belief, doubts: belief.doubts + 1 };
  return become(belief, holdsAddress ? "MASTER" : "BACKUP", holding(holdsAddress, "by two polls"));
}

/** The same role keeps its first cause. */
const become = (belief: RoleBelief, role: VrrpRole, cause: string): RoleBelief =>
  role === belief.role ? { ...belief, doubts: 0 } : { role, cause, doubts: 0 };

const holding = (holdsAddress: boolean, when: string): string =>
  `${holdsAddress ? "holds the group's addresses" : "holds none of the group's addresses"}, found ${when}`;

function explain(belief: RoleBelief, n: { state: NotifiedState; priority: number }, own: OwnSide): string {
  switch (n.state) {
    case "MASTER":
      return `elected with priority ${n.priority}`;
    case "BACKUP":
      return explainBackup(belief.role, n.priority, own);
    case "FAULT":
      return own.heartbeatAgeS > HEARTBEAT_LATE_S
        ? explainHeartbeat(own.heartbeatAgeS)
        : "an interface of the group is down";
    case "STOP":
      return "keepalived was stopped";
    case "DELETED":
      return "the group is no longer configured";
  }
}

function explainBackup(before: VrrpRole, priority: number, own: OwnSide): string {
  if (before !== "MASTER") return `able to serve, priority ${priority}`;
  const reasons = [own.isInMaintenance && "in maintenance", !own.isReady && "not ready"].filter(Boolean);
  return [...reasons, `a peer has a higher priority than ${priority}`].join(", ");
}

const explainHeartbeat = (ageS: number): string =>
  Number.isFinite(ageS) ? `no heartbeat for ${ageS.toFixed(1)} s` : "no heartbeat yet";
