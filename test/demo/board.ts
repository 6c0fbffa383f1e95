/** Keeps the scene up to date, and has it shown whenever something in it changes. */
import type { StepSummary } from "../lab/index.ts";
import type { Sample, SceneStep, Show } from "./scene.ts";

/** Where the running demo writes down how it stands. */
export interface Board {
  begin(step: number): void;
  move(text: string): void;
  sample(sample: Sample): void;
  end(step: number, traffic: StepSummary, isDone: boolean): void;
}

/** A board for steps with these titles. */
export function createBoard(show: Show, titles: readonly string[], sessions: number): Board {
  const beginMs = performance.now();
  const steps: SceneStep[] = titles.map((title) => ({ title, state: "waiting" }));
  let move = "";
  let sample: Sample | undefined;
  let previous: Sample | undefined;
  const draw = () =>
    show.draw({ elapsedMs: performance.now() - beginMs, steps, move, sessions, sample, previous });
  return {
    begin(step) {
      steps[step] = { title: titles[step]!, state: "running" };
      show.tell(`step ${step + 1} of ${titles.length}: ${titles[step]}`);
      draw();
    },
    move(text) {
      move = text;
      show.tell(`  ${text}`);
      draw();
    },
    sample(next) {
      previous = sample;
      sample = next;
      draw();
    },
    end(step, traffic, isDone) {
      steps[step] = { title: titles[step]!, state: isDone ? "done" : "failed", traffic };
      draw();
    },
  };
}
