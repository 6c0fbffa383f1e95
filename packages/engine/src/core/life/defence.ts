/** The three defences of the settings, each off, on, or engaged by itself while the table is nearly full (Linux 6.1 `drop_entry`, `drop_packet`, `secure_tcp`). */

import type { ServiceTable } from "../services/service-table.ts";
import type { Connections } from "./connections.ts";
import { createDropEntry } from "./drop-entry.ts";
import { createPressure } from "./pressure.ts";

/** Defences over a table. */
export interface Defence {
  /** Whether TCP follows the stricter state table now. */
  isSecure(now: number): boolean;
  /** Whether the packet that would make the next connection is dropped: one in so many is, the first of all included. */
  dropsNext(now: number): boolean;
  /** Search for connections that are worth little, if it is time and the defence is engaged. */
  turn(now: number): void;
  /** Connections that these searches have ended since the start. */
  readonly ended: number;
}

/** Defences by what the settings say at the time. */
export function createDefence(
  connections: Connections,
  services: ServiceTable,
  random: (below: number) => number,
): Defence {
  const { table } = connections;
  const pressure = createPressure(table);
  const dropEntry = createDropEntry(table, connections, random);
  /** Packets that are still let through before the next one is dropped. */
  let toPass = 0;
  let ended = 0;

  return {
    isSecure: (now) => pressure.isEngaged(services.settings.secureTcp, now),
    dropsNext(now) {
      const { dropPacket, dropRate } = services.settings;
      if (!pressure.isEngaged(dropPacket, now)) return false;
      if (--toPass > 0) return false;
      toPass = pressure.dropRate(dropPacket, dropRate, now);
      return true;
    },
    turn(now) {
      if (pressure.isEngaged(services.settings.dropEntry, now)) ended += dropEntry.turn(now);
    },
    get ended() {
      return ended;
    },
  };
}
