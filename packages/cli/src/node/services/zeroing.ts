/** Counters that start from 0 again: what was counted before is taken off for those who ask, and stays for metrics, which must never fall. */
import type { ServiceStatus, Traffic } from "@tandem/engine";
import { LbError, serviceKey } from "@tandem/model";

/** What was counted when somebody zeroed it. */
export interface Zeroing {
  /** Take what these services counted for 0: all of them, or the one of a key. @throws LbError not_found */
  zero(services: readonly ServiceStatus[], key?: string): void;
  /** The services, counted from there on. */
  since(services: readonly ServiceStatus[]): ServiceStatus[];
}

/** Nothing is zeroed. Ids of services and destinations are unique together, so one table holds both. */
export function createZeroing(): Zeroing {
  const before = new Map<number, Traffic>();

  const sinceThen = <T extends { id: number; traffic: Traffic }>(counted: T): T => {
    const start = before.get(counted.id);
    return start ? { ...counted, traffic: difference(counted.traffic, start) } : counted;
  };

  return {
    zero(services, key) {
      const zeroed = key === undefined ? services : services.filter((s) => serviceKey(s) === key);
      if (key !== undefined && zeroed.length === 0)
        throw new LbError({ code: "not_found", what: "service", key });
      for (const s of zeroed) for (const { id, traffic } of [s, ...s.destinations]) before.set(id, traffic);
    },
    since: (services) =>
      services.map((s) => ({ ...sinceThen(s), destinations: s.destinations.map(sinceThen) })),
  };
}

/** A count below its start has begun anew by itself: the table was made anew. */
function difference(now: Traffic, start: Traffic): Traffic {
  const since = (field: keyof Traffic) =>
    now[field] < start[field] ? now[field] : now[field] - start[field];
  return {
    connections: since("connections"),
    inPackets: since("inPackets"),
    inBytes: since("inBytes"),
    outPackets: since("outPackets"),
    outBytes: since("outBytes"),
  };
}
