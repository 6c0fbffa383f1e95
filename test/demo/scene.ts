/** How the demo stands at one moment, for whoever shows it. */
import type { StepSummary } from "../lab/index.ts";
import type { SiteView } from "./conditions.ts";

/** One step of the demo as it stands. */
export interface SceneStep {
  readonly title: string;
  readonly state: "waiting" | "running" | "done" | "failed";
  /** What happened in it, once it is over. */
  readonly traffic?: StepSummary;
}

/** Everything that is worth seeing. */
export interface Scene {
  readonly elapsedMs: number;
  readonly steps: readonly SceneStep[];
  /** What is being done or waited for. */
  readonly move: string;
  /** Sessions that were wanted. */
  readonly sessions: number;
  readonly sample: Sample | undefined;
  /** The sample before, to tell rates from. */
  readonly previous: Sample | undefined;
}

/** One look at everything. */
export interface Sample {
  /** Monotonic, ms. */
  readonly atMs: number;
  readonly site: SiteView;
  readonly traffic: StepSummary;
}

/** Shows the demo to somebody. */
export interface Show {
  /** Something begins. */
  tell(text: string): void;
  /** How it stands; called about twice a second. */
  draw(scene: Scene): void;
  /** Nothing more to show. */
  close(): void;
}
