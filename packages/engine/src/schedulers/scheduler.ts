/** The port of a scheduler: it picks the destination of a new connection. */
import type { SchedulerName } from "@tandem/model";

/** What a scheduler sees of a destination. */
export interface Candidate {
  /** Effective weight; 0 is quiesced. */
  readonly weight: number;
  readonly active: number;
  readonly inactive: number;
  /** Over its connection threshold: gets no new connections until it has drained. */
  readonly overloaded: boolean;
}

/** One service's scheduler, with its own cursor. */
export interface Scheduler<C extends Candidate> {
  readonly name: SchedulerName;
  /** The destinations in listing order. To be called after each change of the list or of a weight. */
  update(destinations: readonly C[]): void;
  /** The destination of the next connection, or undefined if none is usable. Moves nothing but the scheduler's own cursor. */
  pick(): C | undefined;
}

/** Makes a scheduler for destinations of any shape. */
export type SchedulerFactory = <C extends Candidate>() => Scheduler<C>;

/** Weight 0 means quiesced: old connections only. */
export const isUsable = (c: Candidate): boolean => c.weight > 0 && !c.overloaded;

/** Load of a destination: an active connection counts as much as 256 inactive ones (Linux 6.1 `ip_vs_dest_conn_overhead`). */
export const overhead = (c: Candidate): number => c.active * 256 + c.inactive;
