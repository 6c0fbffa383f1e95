/** Time as a port, so that the monitor's tests run in virtual time. */
export interface Clock {
  /** Monotonic milliseconds since some fixed moment. */
  now(): number;
  /** Call `run` once after `delayMs`. @returns a function that cancels it. Never throws. */
  after(delayMs: number, run: () => void): () => void;
}

/** The machine's own monotonic clock. */
export function createSystemClock(): Clock {
  return {
    now: () => performance.now(),
    after(delayMs, run) {
      let immediate: NodeJS.Immediate | undefined;
      // Node runs due timers before it looks at sockets. After a stall of our own, let answers that are already here
      // be heard before a timeout calls them missing.
      const timer = setTimeout(() => {
        immediate = setImmediate(run);
      }, delayMs);
      return () => {
        clearTimeout(timer);
        if (immediate) clearImmediate(immediate);
      };
    },
  };
}
