/** Data connections whose control connection a peer has named but not told of yet. Bounded: who is forgotten finds it with the next word about it. */

import { FLOW_KEY } from "../layout.ts";

/** A record; with another generation it is another connection. */
export interface Awaiting {
  readonly index: number;
  readonly generation: number;
}

/** Who waits for which control connection. */
export interface AwaitedControls {
  /** The record hangs on the connection with this flow key, once that is known. */
  wait(family: 4 | 6, key: Uint32Array, who: Awaiting): void;
  /** All that wait for the connection with this flow key; they wait no more. */
  take(family: 4 | 6, key: Uint32Array): readonly Awaiting[];
}

const MOST = 4096;
const NOBODY: readonly Awaiting[] = [];

/** Nobody waits. */
export function createAwaitedControls(): AwaitedControls {
  const waiting = new Map<string, Awaiting[]>(); // oldest first
  let count = 0;

  function take(name: string): readonly Awaiting[] {
    const all = waiting.get(name) ?? NOBODY;
    waiting.delete(name);
    count -= all.length;
    return all;
  }

  return {
    wait(family, key, who) {
      const name = nameOf(family, key);
      const others = take(name).filter(({ index }) => index !== who.index);
      waiting.set(name, [...others, who]);
      count += others.length + 1;
      if (count > MOST) take(waiting.keys().next().value!);
    },
    take: (family, key) => (count === 0 ? NOBODY : take(nameOf(family, key))),
  };
}

const nameOf = (family: 4 | 6, key: Uint32Array): string =>
  `${family} ${key.subarray(0, FLOW_KEY[family].size / 4).join(" ")}`;
