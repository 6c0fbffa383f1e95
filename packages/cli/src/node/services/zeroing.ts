/** Counters that start from 0 again: what was counted before is taken off for those who ask, and stays for metrics, which must never fall. */
import type { ServiceStatus, Traffic } from "@tandem/engine";
import { LbError, serviceKey } from "@tandem/model";

/** What was counted when somebody zeroed it. */
export interface Zeroing {
  /**
   * Take what these services counted for 0: all of them, or the one of a key.
   *
   * @param services all that there are: what is said of others is forgotten
   * @returns what was zeroed, by id. @throws LbError not_found
   */
  zero(services: readonly ServiceStatus[], key?: string): ReadonlyMap<number, Traffic>;
  /** The services, all that there are, counted from there on. */
  since(services: readonly ServiceStatus[]): ServiceStatus[];
}

/** Nothing is zeroed. Ids of services and destinations are unique together, so one table holds both. */
export function createZeroing(): Zeroing {
  const before = new Map<number, Traffic>();

  const sinceThen = <T extends { id: number; traffic: Traffic }>(counted: T): T => {
    const start = before.get(counted.id);
    return start ? { ...counted, traffic: difference(counted.traffic, start) } : counted;
  };

  /** What is gone comes back, if it does, with counters of its own. */
  function forgetOthers(services: readonly ServiceStatus[]): void {
    if (before.size === 0) return;
    const there = new Set(services.flatMap(members).map(({ id }) => id));
    for (const id of before.keys()) if (!there.has(id)) before.delete(id);
  }

  return {
    zero(services, key) {
      const zeroed = key === undefined ? services : services.filter((s) => serviceKey(s) === key);
      if (key !== undefined && zeroed.length === 0)
        throw new LbError({ code: "not_found", what: "service", key });
      const counted = new Map(zeroed.flatMap(members).map(({ id, traffic }) => [id, traffic]));
      forgetOthers(services);
      for (const [id, traffic] of counted) before.set(id, traffic);
      return counted;
    },
    since(services) {
      forgetOthers(services);
      return services.map((s) => ({ ...sinceThen(s), destinations: s.destinations.map(sinceThen) }));
    },
  };
}

/** A service, and its destinations. */
const members = (s: ServiceStatus) => [s, ...s.destinations];

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
