import type { SampleCount } from "./traffic-options.ts";

/** One kind of traffic. `Part` is what it adds to a step's summary. */
export interface Generator<Part> {
  /** Open what stays open; resolves when that is done, as well as it went. */
  start(): Promise<void>;
  /** Send what is due. Called every few ms once all generators have started. */
  tick(nowMs: number): void;
  /** What happened since the last reset. */
  read(nowMs: number): Part;
  /** Samples since the last reset; none for a generator that does not void any. */
  count(): SampleCount;
  /** Begin a new step. */
  reset(): void;
}

export const NO_SAMPLES: SampleCount = { taken: 0, voided: 0 };
