/** `tandem demo`: the main job, shown: two directors, real traffic, and one thing after another killed. */
import type { Command, ExitCode, World } from "../command.ts";
import { wholeNumber } from "../read-option.ts";

/** How the demo is to run. */
export interface DemoOptions {
  /** Shorter waits between the steps. */
  readonly fast?: boolean;
  /** TCP sessions that are held through everything. */
  readonly sessions: number;
}

/** What ../demo/demo.ts has to offer: exit code 0 if every target was met. With `json` it prints one object and nothing else to `world.out`. */
export type RunDemo = (options: DemoOptions & { readonly json: boolean }, world: World) => Promise<ExitCode>;

/** Loaded when it is wanted: it brings the whole lab. */
const DEMO = "../demo/demo.ts";

export const demo: Command<DemoOptions> = {
  name: "demo",
  summary:
    "Show what happens to 1,000 connections when a director dies: in network namespaces of its own, as root",
  options: [
    { flags: "--fast", help: "wait less between the steps" },
    {
      flags: "--sessions <number>",
      help: "TCP sessions to hold",
      default: 1000,
      read: wholeNumber("sessions", 1, 20_000),
    },
  ],
  examples: [
    ["demo", "with a live view and a summary; exit code 0 if every target was met"],
    ["demo --fast --json", "for scripts"],
  ],
  async run({ options, json }, world) {
    const { runDemo } = (await import(DEMO)) as { runDemo: RunDemo };
    return runDemo({ ...options, json }, world);
  },
};
