/** What a case told step by step is played on, and what it has seen so far. */
import type { Director } from "./director.ts";
import type { Frames } from "./frames.ts";
import type { Ledger } from "./ledger.ts";

/** One case. */
export interface Scene {
  readonly director: Director;
  readonly ledger: Ledger;
  /** Ends of clients that have sent something, `address:port`. */
  readonly clients: Set<string>;
  /** What has left of datagrams in fragments, by `datagramKey`. */
  readonly fragments: Map<string, Frames>;
}
