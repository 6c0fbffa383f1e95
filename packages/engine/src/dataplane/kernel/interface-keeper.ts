/** What must stand on network interfaces, and is put there again when these have come and gone. */
import { LbError } from "@tandem/model";
import { type Link, listLinks, watchLinks } from "./rtnetlink.ts";

/** Something that depends on interfaces: a program, a pair of interfaces of our own, what the fast path knows of them. */
export interface Kept {
  /** See that it is there. `links` are the interfaces by name. Throws `LbError` where it cannot be: not_found, refused. */
  mend(links: ReadonlyMap<string, Link>): void;
}

/** Keeps things where they should be. */
export interface InterfaceKeeper {
  /** Readable when interfaces may have changed: for `poll`. */
  readonly fd: number;
  /** Look after everything if interfaces may have changed, or if something was not well a second ago. Throws `LbError` (refused) if they cannot be listed. */
  turn(): void;
  /** What is not where it should be, and why, one sentence each; empty: all is well. */
  faults(): readonly string[];
  close(): void;
}

/** What the kernel refused may succeed later without any event. */
const RETRY_AFTER_MS = 1000;

/**
 * Put everything where it should be, in order, and keep it there.
 *
 * An interface that is missing at the start is a fault and not an error. At boot it may come later, and a daemon that is restarted while
 * one interface is away must go on serving what comes in by the others; it says so in its status, and a node with a fault does not own
 * addresses. What the kernel refuses on an interface that is there is a mistake in the configuration, and its author is waiting for the answer.
 *
 * @throws `LbError` (refused)
 */
export function createInterfaceKeeper(kept: readonly Kept[]): InterfaceKeeper {
  const watch = watchLinks(); // before the first look: what changes after it is seen
  let faults = mendAll((error) => error.failure.code === "not_found");
  let mendedAtMs = performance.now();

  function mendAll(isFault: (error: LbError) => boolean): string[] {
    const links = new Map(listLinks().map((link) => [link.name, link]));
    return kept.flatMap((k) => attempt(() => k.mend(links), isFault));
  }

  return {
    fd: watch.fd,
    turn() {
      const isChanged = watch.drain();
      const isRetried = faults.length > 0 && performance.now() - mendedAtMs >= RETRY_AFTER_MS;
      if (!isChanged && !isRetried) return;
      faults = mendAll(() => true);
      mendedAtMs = performance.now();
    },
    faults: () => faults,
    close: watch.close,
  };
}

/** What went wrong, as text; what is not an expected failure is thrown on. */
function attempt(act: () => void, isFault: (error: LbError) => boolean): string[] {
  try {
    act();
    return [];
  } catch (error) {
    if (error instanceof LbError && isFault(error)) return [error.message];
    throw error;
  }
}
