/**
 * Where Tandem differs from the kernel on purpose. Each entry recognises its place by what happens there, not by a case's name, and says what must come instead: a
 * place where we do what the kernel does, or something else again, fails.
 */
import type { Compared } from "./ledger.ts";

/** One argued difference. */
export interface KnownDifference {
  readonly name: string;
  readonly because: string;
  /** Where it is argued. */
  readonly see: string;
  /** Whether this is a place where we differ. */
  about(at: Compared): boolean;
  /** Whether what came is what we mean to do there. */
  holds(at: Compared): boolean;
}

export const knownDifferences: readonly KnownDifference[] = [];
