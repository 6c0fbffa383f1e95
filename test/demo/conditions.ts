/** What the demo waits for, as questions about what both directors say. Pure. */
import type { NodeStatus } from "@tandem/engine";
import type { DirectorView } from "./director.ts";
import { DIRECTORS, type DirectorName, serverAt } from "./site.ts";

/** What every director says at one moment. */
export type SiteView = Readonly<Record<DirectorName, DirectorView>>;

/** True when it holds for the site. */
export type Condition = (site: SiteView) => boolean;

/** The director answers, forwards, and is live with its peer. */
export const isSynced =
  (name: DirectorName): Condition =>
  (site) =>
    site[name].status?.forwarding === true && site[name].status.sync === "live";

/** The director, and no other, is active. */
export const isActive =
  (name: DirectorName): Condition =>
  (site) =>
    activeOf(site) === name;

/** Both hold. */
export const both =
  (a: Condition, b: Condition): Condition =>
  (site) =>
    a(site) && b(site);

/** A director is active, the other its standby, and both are synced, at one revision, and reach NATS. */
export const isWhole: Condition = (site) => {
  const statuses = DIRECTORS.map((name) => site[name].status);
  return (
    DIRECTORS.every((name) => isSynced(name)(site)) &&
    activeOf(site) !== null &&
    statuses.every((status) => status?.nats === "connected" && status.revision === statuses[0]?.revision)
  );
};

/** On every director that answers, the server has this weight in all services, and has it nowhere when they are none. */
export const hasWeight =
  (server: string, weight: number): Condition =>
  (site) => {
    const services = DIRECTORS.flatMap((name) => site[name].services);
    const destinations = services.flatMap((s) =>
      s.destinations.filter((d) => !d.removed && serverAt(d.address) === server),
    );
    return destinations.length > 0 && destinations.every((d) => d.effectiveWeight === weight);
  };

/** Every destination of every service takes connections, on both directors. */
export const isServing: Condition = (site) =>
  DIRECTORS.every(
    (name) =>
      site[name].services.length > 0 &&
      site[name].services.every((s) =>
        s.destinations.every((d) => d.removed || (d.effectiveWeight > 0 && d.health === "up")),
      ),
  );

/** The one director that is active; null when none is, or more than one. */
export function activeOf(site: SiteView): DirectorName | null {
  const active = DIRECTORS.filter((name) => site[name].status?.role === "active");
  return active.length === 1 ? active[0]! : null;
}

/** One line that says how the site is, for whoever waited in vain. */
export function describeSite(site: SiteView): string {
  return DIRECTORS.map((name) => `${name} ${describeDirector(site[name].status)}`).join("; ");
}

function describeDirector(status: NodeStatus | undefined): string {
  if (!status) return "does not answer";
  const { role, sync, revision, nats, forwarding, alarms } = status;
  const facts = `${role}, ${sync}, revision ${revision}, nats ${nats}${forwarding ? "" : ", not forwarding"}`;
  return alarms.length === 0 ? facts : `${facts} (${alarms.join(", ")})`;
}
