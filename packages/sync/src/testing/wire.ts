/** What lies between nodes in virtual time: loss, duplication, delay, partitions. */
import type { Delivery } from "../transport/memory.ts";
import type { Chance } from "./chance.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** Probabilities 0..1 per delivery, and the most that one is delayed. */
export interface Faults {
  readonly loss: number;
  readonly duplication: number;
  readonly reordering: number;
  readonly delayMs: number;
}

/** In order, soon, once. */
export const NO_FAULTS: Faults = { loss: 0, duplication: 0, reordering: 0, delayMs: 1 };

/** How a memory bus carries its deliveries. */
export interface Wire {
  setFaults(faults: Faults): void;
  /** Messages pass only between nodes of one group; no groups: between all. */
  partition(groups: readonly (readonly string[])[]): void;
  carry(delivery: Delivery): void;
}

/** A wire without faults. */
export function createWire(time: VirtualTime, chance: Chance): Wire {
  let faults = NO_FAULTS;
  let groups: readonly (readonly string[])[] = [];
  const lastMs = new Map<string, number>();
  /** As NATS: what one sender sends to one receiver arrives in order, unless reordering strikes. */
  const schedule = (d: Delivery): void => {
    const nowMs = time.nowMs();
    const arrivalMs = nowMs + 0.2 + chance.number() * faults.delayMs;
    const link = `${d.from} ${d.to}`;
    const inOrderMs = Math.max(arrivalMs, lastMs.get(link) ?? 0);
    const isLate = chance.happens(faults.reordering);
    if (!isLate) lastMs.set(link, inOrderMs);
    time.after((isLate ? arrivalMs + faults.delayMs : inOrderMs) - nowMs, d.deliver);
  };
  const isCut = (d: Delivery): boolean =>
    groups.length > 0 && !groups.some((group) => group.includes(d.from) && group.includes(d.to));
  return {
    setFaults: (now) => {
      faults = now;
    },
    partition: (now) => {
      groups = now;
    },
    carry(d) {
      if (isCut(d) || chance.happens(faults.loss)) return;
      schedule(d);
      if (chance.happens(faults.duplication)) schedule(d);
    },
  };
}
