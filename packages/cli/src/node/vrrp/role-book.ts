import {
  believe,
  NOT_STARTED,
  type OwnSide,
  type RoleBelief,
  type RoleEvidence,
  type VrrpRole,
} from "./role.ts";

/** A group's role changed. */
export interface RoleChange {
  readonly group: string;
  readonly role: VrrpRole;
  readonly previous: VrrpRole;
  /** Why, in words for the log. */
  readonly cause: string;
  /** Wall clock, milliseconds since 1970: for people to read, not for computing with. */
  readonly atMs: number;
}

/** The roles of this director's groups, and who wants to know. */
export interface RoleBook {
  learn(group: string, evidence: RoleEvidence): void;
  role(group: string): VrrpRole;
  /** Returns a function that ends the subscription. */
  onRole(listener: (change: RoleChange) => void): () => void;
}

/** @param ownSide asked whenever evidence comes in */
export function createRoleBook(groups: readonly string[], ownSide: () => OwnSide): RoleBook {
  const beliefs = new Map<string, RoleBelief>(groups.map((group) => [group, NOT_STARTED]));
  const listeners = new Set<(change: RoleChange) => void>();
  return {
    learn(group, evidence) {
      const before = beliefs.get(group);
      if (!before) return; // keepalived speaks of a group that the last configuration had
      const after = believe(before, evidence, ownSide());
      beliefs.set(group, after);
      if (after.role === before.role) return;
      const { role, cause } = after;
      for (const listener of listeners)
        listener({ group, role, previous: before.role, cause, atMs: Date.now() });
    },
    role: (group) => (beliefs.get(group) ?? NOT_STARTED).role,
    onRole(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
