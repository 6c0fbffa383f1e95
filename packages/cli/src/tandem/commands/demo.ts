/** `tandem demo`: the main job, shown. It is part of the source tree (test/demo), because it brings the lab. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { LbError } from "@tandem/model/failure";
import type { Command } from "../command.ts";
import { wholeNumber } from "../read-option.ts";

interface Options {
  readonly fast?: boolean;
  readonly sessions: number;
  readonly logs?: string;
}

const SCRIPT = join(import.meta.dirname, "../../../../../test/demo/main.ts");

export const demo: Command<Options> = {
  options: [
    { flags: "--fast", help: "wait less between the steps" },
    {
      flags: "--sessions <number>",
      help: "TCP sessions to hold",
      default: 1000,
      read: wholeNumber("sessions", 1, 20_000),
    },
    { flags: "--logs <folder>", help: "copy every log there at the end", values: "folder" },
  ],
  examples: [
    ["demo", "with a live view and a summary; exit code 0 if every target was met"],
    ["demo --fast --json", "for scripts"],
  ],
  async run({ options, format }, world) {
    if (!existsSync(SCRIPT)) {
      const missing = {
        name: "the demo",
        needs: "the source tree",
        found: "not installed",
        fix: "run `npm run demo` there",
      };
      throw new LbError({ code: "unsupported", missing: [missing] });
    }
    return world.runScript(SCRIPT, demoArguments(options, format === "json"));
  },
};

/** The command line of test/demo, which reads its own. */
export function demoArguments({ fast, sessions, logs }: Options, json: boolean): string[] {
  return [
    `--sessions=${sessions}`,
    ...(fast ? ["--fast"] : []),
    ...(json ? ["--json"] : []),
    ...(logs === undefined ? [] : [`--logs=${logs}`]),
  ];
}
