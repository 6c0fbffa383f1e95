/** Everything that sync counts: closed lists, so that metrics and tests can name each. */

/** Why a frame changed nothing. */
export const REFUSALS = [
  "malformed", // no frame, or a body that is not of its kind
  "version", // a frame version that this one does not speak
  "unknown_key", // sealed with a key id that is not configured
  "forged", // the tag does not match
  "own_name", // another node uses our name
  "foreign_epoch", // a stream frame of an epoch that was not learned from a snapshot
  "retired_epoch", // an epoch that was followed and has been replaced
  "replayed", // a control number that is not rising
  "duplicate", // a stream number that is applied or held already
  "not_following", // a stream frame while its snapshot has not begun
  "wrong_target", // a request that names another life of ours
  "unasked", // a snapshot chunk that answers no challenge of ours, or out of turn
  "too_late", // a comparison that is older than what was applied meanwhile, or not needed any more
  "overflow", // more held frames than fit
  "too_many_peers",
] as const;
export type Refusal = (typeof REFUSALS)[number];

/** What happened, for operators. */
const HAPPENINGS = [
  "framesSent",
  "framesReceived",
  "bytesSent",
  "bytesReceived",
  "recordsSent",
  "recordsReceived",
  "gaps",
  "replaysRequested",
  "framesReplayed",
  "snapshotsRequested",
  "snapshotsServed",
  "digestsCompared",
  "bucketsRepaired",
] as const;
export type Happening = (typeof HAPPENINGS)[number];

/** One number for each reason and happening, since the start. */
export interface Counts {
  readonly refused: Record<Refusal, number>;
  readonly happened: Record<Happening, number>;
}

/** All at zero. */
export function createCounts(): Counts {
  return { refused: zeros(REFUSALS), happened: zeros(HAPPENINGS) };
}

function zeros<K extends string>(names: readonly K[]): Record<K, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<K, number>;
}
