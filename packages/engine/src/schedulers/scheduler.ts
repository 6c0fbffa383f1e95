/** The port of a scheduler: it picks the destination of a new connection. */
import type { SchedulerName } from "@tandem/model";

/** What a scheduler sees of a destination. */
export interface Candidate {
  /** Words as they stand in packets: 1 for IPv4, 4 for IPv6. */
  readonly address: Uint32Array;
  /** As it stands in packets (network order read as a native number, like the halves of a flow key's port word). */
  readonly port: number;
  /** Effective weight; 0 is quiesced. */
  readonly weight: number;
  /** The latest weight that was not 0; the weight it was added with until then. */
  readonly lastWeight: number;
  readonly active: number;
  readonly inactive: number;
  /** Over its connection threshold: gets no new connections until it has drained. */
  readonly overloaded: boolean;
}

/** The packet that wants a destination. */
export interface Request {
  readonly family: 4 | 6;
  /** Its flow key (`FLOW_KEY` in core/layout.ts). */
  readonly key: Uint32Array;
  /** Ticks of 2^20 ns. */
  readonly now: number;
}

/** What makes a scheduler behave differently from its default. */
export interface SchedulerOptions {
  /** `sh`, `mh`: if the owner of the client's slot is unusable, ask the next slot instead of picking nobody. */
  readonly fallback: boolean;
  /** `sh`, `mh`: the client's port counts, too. */
  readonly port: boolean;
  /** `lblc`, `lblcr`: seconds after which an unused entry, or a set that has not changed, is stale. */
  readonly cacheSeconds: number;
  /** A whole number from 0 to `below` - 1. */
  random(below: number): number;
}

/** One service's scheduler, with its own cursor. */
export interface Scheduler<C extends Candidate> {
  readonly name: SchedulerName;
  /** The destinations in listing order. To be called after each change of the list or of a weight. */
  update(destinations: readonly C[]): void;
  /** The destination of the next connection, or undefined if none is usable. Moves nothing but the scheduler's own cursor and cache. */
  pick(request: Request): C | undefined;
  /** What `pick` would say now, with nothing moved. Absent where `pick` itself moves nothing. */
  peek?(request: Request): C | undefined;
}

/** Makes a scheduler for destinations of any shape. */
export type SchedulerFactory = <C extends Candidate>(options: SchedulerOptions) => Scheduler<C>;

/** Weight 0 means quiesced: old connections only. */
export const isUsable = (c: Candidate): boolean => c.weight > 0 && !c.overloaded;

/** Load of a destination: an active connection counts as much as 256 inactive ones (Linux 6.1 `ip_vs_dest_conn_overhead`). */
export const overhead = (c: Candidate): number => c.active * 256 + c.inactive;
