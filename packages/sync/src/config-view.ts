import type { ConfigHead, ConfigReading, ConfigRefusal } from "./config-store.ts";

/**
 * How the store looks beside the document that runs here. `behind`: it is empty or holds an older revision. `conflict`: it holds another
 * document under the same revision. In all but `current` the running document stays.
 */
export type StoreState = "unread" | "current" | "behind" | "conflict" | "refused" | "unavailable";

/** Why a reading changed nothing here: each is counted. */
export type ReadingFault = ConfigRefusal | "behind" | "conflict";

/** How the store looks from here. */
export interface StoreView {
  readonly state: StoreState;
  readonly fault?: ReadingFault;
  /** For the operator; empty when all is well. */
  readonly why: string;
}

const CURRENT: StoreView = { state: "current", why: "" };

/** Compare what was read with what runs; `running` is undefined where nothing ever ran. */
export function viewOf(running: ConfigHead | undefined, reading: ConfigReading): StoreView {
  switch (reading.kind) {
    case "refused":
      return { state: "refused", fault: reading.refusal, why: reading.why };
    case "unavailable":
      return { state: "unavailable", why: reading.why };
    case "empty":
      return running ? behind(`it is empty, wanted revision ${running.revision}`) : CURRENT;
    case "document":
      return running ? compare(running, reading.stored.head) : CURRENT;
  }
}

function compare(running: ConfigHead, there: ConfigHead): StoreView {
  if (there.revision < running.revision) {
    return behind(`it is at revision ${there.revision}, wanted ${running.revision}`);
  }
  if (there.revision > running.revision || there.hash === running.hash) return CURRENT;
  const why = `its revision ${there.revision}, by "${there.author}", is not the one that runs here`;
  return { state: "conflict", fault: "conflict", why };
}

function behind(why: string): StoreView {
  return { state: "behind", fault: "behind", why };
}
