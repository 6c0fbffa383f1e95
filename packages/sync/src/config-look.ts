/** When to look into the store: at every hint, and now and then without one. */

export interface Rhythm {
  /** Call `run` once after a delay. @returns a function that cancels it. Default: the machine's clock. */
  readonly after?: (delayMs: number, run: () => void) => () => void;
  /** Time between two looks without a hint: a watch can go silent. Default 5 s. */
  readonly rereadMs?: number;
}

export interface Looking {
  /** Look now, or once more after the look under way. */
  now(): void;
  end(): void;
}

/** Look once soon and then repeatedly. Looks never overlap. `look` returns what to do with what it saw: it is not done after the end. */
export function lookRepeatedly(
  { after = afterReally, rereadMs = 5000 }: Rhythm,
  look: () => Promise<() => void>,
): Looking {
  let isLooking = false;
  let isHinted = false;
  let isEnded = false;
  let cancel = () => {};
  async function run(): Promise<void> {
    cancel();
    isLooking = true;
    isHinted = false;
    const tell = await look();
    isLooking = false;
    if (isEnded) return;
    cancel = after(isHinted ? 0 : rereadMs, run);
    tell();
  }
  void run();
  return {
    now() {
      isHinted = true;
      if (!isLooking && !isEnded) void run();
    },
    end() {
      isEnded = true;
      cancel();
    },
  };
}

function afterReally(delayMs: number, run: () => void): () => void {
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
}
