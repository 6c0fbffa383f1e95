/** Who should own the addresses: the numbers behind VRRP's election, and the answer they must give. */

/**
 * Added when a node is ready: its table is synced, or it is alone. More than any maintenance and preference together, so a
 * node without the connections never takes over from one that has them.
 */
export const READINESS_WEIGHT = 100;

/** Added in maintenance. More than any difference in preference, less than readiness: a ready node in maintenance still beats an unready one (a forced switchover takes readiness away, too). */
export const MAINTENANCE_WEIGHT = -50;

/**
 * Priorities that an operator can give to a node. The spread of 40 keeps the four bands apart:
 *
 * | ready | maintenance | priority |
 * |-------|-------------|----------|
 * | yes   | no          | 180–220  |
 * | yes   | yes         | 130–170  |
 * | no    | no          | 80–120   |
 * | no    | yes         | 30–70    |
 */
export const BASE_PRIORITY = { min: 80, max: 120 } as const;

/** What decides whether a node is elected. */
export interface Standing {
  /** Within `BASE_PRIORITY`; no two nodes of a cluster have the same. */
  readonly basePriority: number;
  readonly isReady: boolean;
  readonly isInMaintenance: boolean;
  /** False: the node cannot forward and stays out, whatever its priority. */
  readonly hasHeartbeat: boolean;
}

/** The priority that a node's keepalived arrives at, 1..254, or undefined when it is in FAULT. Never throws. */
export function effectivePriority(s: Standing): number | undefined {
  if (!s.hasHeartbeat) return undefined;
  return s.basePriority + (s.isReady ? READINESS_WEIGHT : 0) + (s.isInMaintenance ? MAINTENANCE_WEIGHT : 0);
}

/** Index of the node that owns the addresses once the election has settled, or undefined when every node is in FAULT. Never throws. */
export function expectedOwner(nodes: readonly Standing[]): number | undefined {
  let owner: number | undefined;
  let highest = 0;
  for (const [index, node] of nodes.entries()) {
    const priority = effectivePriority(node) ?? 0;
    if (priority > highest) [owner, highest] = [index, priority];
  }
  return owner;
}
