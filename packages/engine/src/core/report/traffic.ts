/**
 * What every destination and service has had, summed over the records every 2 s, and the rates that follow. The records are read in slices between
 * other work, and what a connection had that ends meanwhile is counted once: by the slice that has read it, or when it ends.
 */

import { RECORD } from "../layout.ts";
import { isAlive, type RecordArray, readCounter, readField, ticksSince } from "../record.ts";
import { addTotals } from "../services/service.ts";
import type { ServiceTable } from "../services/service-table.ts";
import { type ConnectionTable, FAMILIES } from "../table/connection-table.ts";
import { createEstimator, type Estimator, type Rates, SAMPLE_SECONDS, type Totals } from "./estimator.ts";

/** Records that are read at a time: below a millisecond. */
const SLICE = 16_384;
const SAMPLE_TICKS = Math.round((SAMPLE_SECONDS * 1e9) / 2 ** 20);

/** Rates of what runs. */
export interface Traffic {
  /** A connection is about to end: its record is still whole, and its destination's totals are without it. */
  ending(family: 4 | 6, index: number): void;
  /**
   * Begin a sample when it is time, or go on with one.
   *
   * @returns whether there is more to do now
   */
  advance(now: number): boolean;
  /** Rates by id of each service and destination that the last sample knew; a service's are also of removed destinations. */
  rates(): Map<number, Rates>;
  /** Let these rates begin anew, by id, each from what it has had so far. Unknown ids are passed over. */
  restart(totals: ReadonlyMap<number, Totals>): void;
}

/** A sample that is being taken, by id: what forgotten destinations have had by service, and what the known ones have had. */
interface Sample {
  readonly departed: Map<number, Totals>;
  readonly known: Map<number, Totals & { readonly of: number }>;
}

/** Rates over a table and its services, from `now` on. Ids of services and destinations are from one row of numbers. */
export function createTraffic(table: ConnectionTable, services: ServiceTable, now: number): Traffic {
  let estimators = new Map<number, Estimator>();
  let sample: Sample | undefined;
  /** Records of each family that the sample has behind it. */
  const read = { 4: 0, 6: 0 };
  let begun = (now - SAMPLE_TICKS) >>> 0;

  function begin(at: number): Sample {
    begun = at;
    for (const family of FAMILIES) read[family] = 0;
    return {
      departed: new Map(Array.from(services.services, (s) => [s.id, { ...s.departed }])),
      known: new Map(Array.from(services.destinations, (d) => [d.id, { of: d.serviceId, ...d.totals }])),
    };
  }

  function add(r: RecordArray, index: number): void {
    const sum = sample?.known.get(readField(r, index, RECORD.destinationId));
    if (!sum) return;
    sum.inPackets += readCounter(r, index, RECORD.inPackets);
    sum.inBytes += readCounter(r, index, RECORD.inBytes);
    sum.outPackets += readCounter(r, index, RECORD.outPackets);
    sum.outBytes += readCounter(r, index, RECORD.outBytes);
  }

  /** Read the next slice. Returns whether it was the last one. */
  function readSlice(): boolean {
    for (const family of FAMILIES) {
      const reach = table.reach(family);
      if (read[family] >= reach) continue;
      const end = Math.min(read[family] + SLICE, reach);
      for (; read[family] < end; read[family]++)
        if (isAlive(table.records[family], read[family])) add(table.records[family], read[family]);
      return false;
    }
    return true;
  }

  function finish({ departed, known }: Sample): void {
    const next = new Map<number, Estimator>();
    const take = (id: number, totals: Totals) => {
      const estimator = estimators.get(id) ?? createEstimator();
      estimator.sample(totals);
      next.set(id, estimator);
    };
    for (const [id, totals] of known) take(id, totals);
    const byService = Map.groupBy(known.values(), (totals) => totals.of);
    for (const [id, totals] of departed) take(id, (byService.get(id) ?? []).reduce(addTotals, totals));
    estimators = next;
    sample = undefined;
  }

  return {
    ending(family, index) {
      if (sample && index >= read[family]) add(table.records[family], index);
    },
    advance(at) {
      if (!sample && ticksSince(at, begun) < SAMPLE_TICKS) return false;
      sample ??= begin(at);
      if (!readSlice()) return true;
      finish(sample);
      return false;
    },
    restart(totals) {
      for (const [id, had] of totals) estimators.get(id)?.restart(had);
    },
    rates: () => new Map([...estimators].map(([id, estimator]) => [id, estimator.rates()])),
  };
}
