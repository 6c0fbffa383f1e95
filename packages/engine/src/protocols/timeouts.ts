/** How long a connection lives without a packet, by protocol and state: the protocols' own seconds, as settings and services change them. */
import { TIMEOUT_STATES, type TimeoutsSpec } from "@tandem/model";
import { PROTOCOLS } from "./transitions.ts";

const TICKS_PER_SECOND = 1e9 / 2 ** 20;
/** Longest time that is told from one that has passed: 31 bits of milliseconds, and of ticks. */
const LONGEST_SECONDS = 2_147_483;

/** Ticks of 2^20 ns by IP protocol and state number. */
export type Timeouts = (protocol: number, state: number) => number;

/**
 * Timeouts of one service. What `specs` name counts, later ones more than earlier ones; a state without a name has its protocol's value, a number that
 * is no state that of state 0, and an unknown protocol is taken for TCP. Never throws.
 */
export function createTimeouts(...specs: readonly (TimeoutsSpec | undefined)[]): Timeouts {
  const ticks = new Map(
    Object.keys(PROTOCOLS).map((number) => [Number(number), ticksOf(Number(number), specs)]),
  );
  const tcp = ticks.get(6)!;
  return (protocol, state) => (ticks.get(protocol) ?? tcp)[state & 15]!;
}

/** Timeouts that nobody has changed. */
export const DEFAULT_TIMEOUTS: Timeouts = createTimeouts();

function ticksOf(number: number, specs: readonly (TimeoutsSpec | undefined)[]): Uint32Array {
  const { name, timeoutSeconds } = PROTOCOLS[number]!;
  const seconds = (state: number): number | undefined => {
    const field = TIMEOUT_STATES[name][state];
    const named = specs.map(
      (s) => (s?.[name] as Record<string, number | undefined> | undefined)?.[field ?? ""],
    );
    return named.findLast((s) => s !== undefined) ?? timeoutSeconds[state];
  };
  return Uint32Array.from({ length: 16 }, (_, state) =>
    Math.round(Math.min(seconds(state) ?? seconds(0)!, LONGEST_SECONDS) * TICKS_PER_SECOND),
  );
}
