/** Another node that uses our name: a copied configuration file, or two machines with one host name. Each would be deaf to the other without a word. */
import type { SyncState } from "./sync-state.ts";

/** When somebody else was heard in our name, without long silence in between. */
export interface Namesake {
  readonly sinceMs: number;
  readonly heardMs: number;
}

/** Silence after which nobody uses our name any more. */
const GONE_AFTER_MS = 5000;
/** Heard for so long it is no rest of our own former life. */
const REAL_AFTER_MS = 2000;

/** A sealed frame of our cluster has come in our name, and is not ours. */
export function hearNamesake(state: SyncState, nowMs: number): void {
  const { namesake } = state;
  const isGoingOn = namesake !== undefined && nowMs - namesake.heardMs < GONE_AFTER_MS;
  state.namesake = { sinceMs: isGoingOn ? namesake.sinceMs : nowMs, heardMs: nowMs };
}

/** Whether somebody else uses our name now. */
export function hasNamesake({ namesake }: SyncState, nowMs: number): boolean {
  if (namesake === undefined || nowMs - namesake.heardMs >= GONE_AFTER_MS) return false;
  return namesake.heardMs - namesake.sinceMs >= REAL_AFTER_MS;
}
