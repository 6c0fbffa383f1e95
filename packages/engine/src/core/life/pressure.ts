/** How full the table is, and what that means to defences that are to come and go by themselves (Linux 6.1 `update_defense_level`, which goes by free memory). */
import type { SettingsSpec } from "@tandem/model";
import type { ConnectionTable } from "../table/connection-table.ts";

/** A defence's mode. */
export type DefenceMode = SettingsSpec["secureTcp"];

/** Below this share of free records the table is nearly full. */
const NEARLY_FULL = 1 / 8;

/** The table's fullness. */
export interface Pressure {
  /** Whether a family has so few free records that others have to go for a new one. */
  isNearlyFull(family: 4 | 6, now: number): boolean;
  /** Whether a defence of this mode is engaged now. */
  isEngaged(mode: DefenceMode, now: number): boolean;
  /** In `auto`, one new connection in so many is dropped: the fewer records are free, the more; 1 is all of them. `rate` if the mode is `on`. */
  dropRate(mode: DefenceMode, rate: number, now: number): number;
}

/** Pressure of a table. */
export function createPressure(table: Pick<ConnectionTable, "records" | "free">): Pressure {
  const reserve = {
    4: table.records[4].capacity * NEARLY_FULL,
    6: table.records[6].capacity * NEARLY_FULL,
  };

  const share = (family: 4 | 6, now: number) => table.free(family, now) / Math.max(reserve[family], 1);
  /** Free records of the family that is worst off, as a share of its reserve: 1 and more is plenty. */
  const least = (now: number) => Math.min(share(4, now), share(6, now));

  return {
    isNearlyFull: (family, now) => table.free(family, now) < reserve[family],
    isEngaged: (mode, now) => mode === "on" || (mode === "auto" && least(now) < 1),
    dropRate(mode, rate, now) {
      if (mode === "on") return rate;
      const left = mode === "auto" ? least(now) : 1;
      return left < 1 ? Math.max(Math.floor(1 / (1 - left)), 1) : Number.POSITIVE_INFINITY;
    },
  };
}
