/** Somebody who speaks on our subjects with another cluster key: a key file that was not copied. Each would be deaf to the other without a word. */
import type { SyncState } from "./sync-state.ts";

/** The name that frames claim whose seal is not of our key, and when they were heard without long silence in between. */
export interface Stranger {
  readonly name: string;
  readonly sinceMs: number;
  readonly heardMs: number;
}

/** Silence after which there is nobody any more. */
const GONE_AFTER_MS = 5000;
/** Heard for so long it is no single damaged frame. */
const REAL_AFTER_MS = 2000;

/** A frame has come that our key did not seal. Its name is a claim. */
export function hearStranger(state: SyncState, name: string, nowMs: number): void {
  const { stranger } = state;
  const isGoingOn = stranger !== undefined && nowMs - stranger.heardMs < GONE_AFTER_MS;
  state.stranger = { name, sinceMs: isGoingOn ? stranger.sinceMs : nowMs, heardMs: nowMs };
}

/** The name of somebody who uses another key now; undefined: nobody does. */
export function strangerIn({ stranger }: SyncState, nowMs: number): string | undefined {
  if (stranger === undefined || nowMs - stranger.heardMs >= GONE_AFTER_MS) return undefined;
  return stranger.heardMs - stranger.sinceMs >= REAL_AFTER_MS ? stranger.name : undefined;
}
