/** The account of one case: what was wanted and what came, up to the first difference that nobody has argued for. */

import type { Director } from "./director.ts";
import type { Frames } from "./frames.ts";
import { type KnownDifference, knownDifferences } from "./known-differences.ts";
import type { Side } from "./testbed.ts";

/** A place in a case where something is compared. */
export interface Place {
  /** Number of the step, from 1, and its words. */
  readonly step: string;
  /** What is compared. */
  readonly what: "frames" | "connection" | "connections" | "counters" | "listing" | "command";
  /** The packet that the step sent, from its IP header on, and whence. */
  readonly packet?: { readonly bytes: Uint8Array; readonly from: Side };
  /** What the director knows. */
  readonly director: Director;
}

/** Both sides of a comparison; each element is one line. */
export interface Compared extends Place {
  readonly wanted: readonly string[];
  readonly got: readonly string[];
  /** The packets that the lines are about, where they are known byte by byte. */
  readonly frames?: Frames;
}

/** How a case ended. */
export interface Verdict {
  readonly result: "passed" | "failed" | "differs-knowingly";
  readonly why?: string;
  readonly step?: string;
}

/** The account of one case. */
export interface Ledger {
  /** Compare. False: the case has failed, and there is no sense in going on. */
  compare(at: Compared): boolean;
  /** The recording asks for something that cannot be replayed. Always false. */
  cannot(step: string, why: string): false;
  verdict(): Verdict;
}

/** Begin an account. */
export function createLedger(): Ledger {
  let failure: Verdict | undefined;
  const known = new Map<KnownDifference, string>();

  function fail(step: string, why: string): false {
    failure ??= { result: "failed", step, why };
    return false;
  }

  return {
    compare(at) {
      const difference = knownDifferences.find((d) => d.about(at));
      const isSame = isDeepEqual(at.wanted, at.got);
      if (!difference) return isSame || fail(at.step, describe(at));
      if (isSame)
        return fail(at.step, `known difference is not there: ${difference.name}; got what was wanted`);
      if (!difference.holds(at)) return fail(at.step, `not as argued by ${difference.name}: ${describe(at)}`);
      if (!known.has(difference)) known.set(difference, at.step);
      return true;
    },
    cannot: fail,
    verdict() {
      if (failure) return failure;
      const [first] = known;
      if (!first) return { result: "passed" };
      const why = [...known.keys()].map((d) => `${d.name}: ${d.because} (${d.see})`).join("; ");
      return { result: "differs-knowingly", step: first[1], why };
    },
  };
}

const isDeepEqual = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((line, i) => line === b[i]);

/** The first line that differs. */
function describe({ what, wanted, got }: Compared): string {
  const i = wanted.findIndex((line, at) => line !== got[at]);
  const at = i < 0 ? wanted.length : i;
  return `${what}: wanted ${quote(wanted[at])}, got ${quote(got[at])}`;
}

const quote = (line: string | undefined): string => (line === undefined ? "nothing" : `"${line}"`);
