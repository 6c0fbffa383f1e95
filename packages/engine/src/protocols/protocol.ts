/** The port of a transport protocol: its states as data. The fast path and the core step through the same table. */

/** A grid of next states: `[direction][event][state]`, directions in the order of `DIRECTION` in core/layout.ts. */
export type TransitionGrid = readonly (readonly (readonly number[])[])[];

/** What a transport protocol says of itself. */
export interface TransportProtocol {
  readonly name: "tcp" | "udp" | "sctp";
  /** IP protocol number. */
  readonly number: number;
  /** Names as ipvsadm prints them, by state number. */
  readonly stateNames: readonly string[];
  /** Seconds without a packet after which a connection ends, by state number. */
  readonly timeoutSeconds: readonly number[];
  readonly grid: TransitionGrid;
  /** What `secureTcp` puts in the place of `grid`. */
  readonly secureGrid?: TransitionGrid;
  /** States that count as active connections; all others count as inactive. */
  readonly activeStates: ReadonlySet<number>;
  /** States in which a connection has become worth telling the peers about. */
  readonly savedStates: ReadonlySet<number>;
  /** States of a connection that has not been answered or proven yet: an attacker can have any number of them. */
  readonly halfOpenStates: ReadonlySet<number>;
  /** States in which nothing is expected any more but late packets. */
  readonly overStates: ReadonlySet<number>;
  /** States in which a SYN means that the client has started anew. */
  readonly reusableStates: ReadonlySet<number>;
}
