/**
 * What every destination and service has had, summed over the records every 2 s, and the rates that follow. The records are read in slices between
 * other work, and what a connection had that ends meanwhile is counted once: by the slice that has read it, or when it ends.
 */
import { type ConnectionTable, FAMILIES } from "./connection-table.ts";
import { createEstimator, type Estimator, type Rates, SAMPLE_SECONDS, type Totals } from "./estimator.ts";
import { RECORD } from "./layout.ts";
import { isAlive, type RecordArray, readCounter, readField, ticksSince } from "./record.ts";
import type { ServiceTable } from "./service-table.ts";

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
  /** Rates by id of each destination and service that the last sample knew. */
  rates(): Map<number, Rates>;
}

/** Rates over a table and its services, from `now` on. Ids of services and destinations are from one row of numbers. */
export function createTraffic(table: ConnectionTable, services: ServiceTable, now: number): Traffic {
  let estimators = new Map<number, Estimator>();
  /** The sample that is being taken: totals by destination. */
  let sums: Map<number, Totals> | undefined;
  /** Records of each family that the sample has behind it. */
  const read = { 4: 0, 6: 0 };
  let begun = (now - SAMPLE_TICKS) >>> 0;

  function begin(at: number): void {
    begun = at;
    sums = new Map();
    for (const family of FAMILIES) read[family] = 0;
    for (const service of services.services)
      for (const d of service.destinations) sums.set(d.id, { ...d.totals });
  }

  function add(r: RecordArray, index: number): void {
    const sum = sums?.get(readField(r, index, RECORD.destinationId));
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

  function finish(): void {
    const next = new Map<number, Estimator>();
    const take = (id: number, totals: Totals) => {
      const estimator = estimators.get(id) ?? createEstimator();
      estimator.sample(totals);
      next.set(id, estimator);
    };
    for (const service of services.services) {
      const all = service.destinations.flatMap((d) => sums!.get(d.id) ?? []);
      for (const d of service.destinations) if (sums!.has(d.id)) take(d.id, sums!.get(d.id)!);
      take(service.id, all.reduce(addTotals, { ...NONE }));
    }
    estimators = next;
    sums = undefined;
  }

  return {
    ending(family, index) {
      if (sums && index >= read[family]) add(table.records[family], index);
    },
    advance(at) {
      if (!sums && ticksSince(at, begun) < SAMPLE_TICKS) return false;
      if (!sums) begin(at);
      if (!readSlice()) return true;
      finish();
      return false;
    },
    rates: () => new Map([...estimators].map(([id, estimator]) => [id, estimator.rates()])),
  };
}

const NONE: Readonly<Totals> = { connections: 0, inPackets: 0, inBytes: 0, outPackets: 0, outBytes: 0 };

function addTotals(sum: Totals, of: Readonly<Totals>): Totals {
  sum.connections += of.connections;
  sum.inPackets += of.inPackets;
  sum.inBytes += of.inBytes;
  sum.outPackets += of.outPackets;
  sum.outBytes += of.outBytes;
  return sum;
}
