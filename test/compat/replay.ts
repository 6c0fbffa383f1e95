/** Replays files of recordings: one row per case. */
import { createLedger, type Ledger, type Verdict } from "./ledger.ts";
import type { Recorded, RecordingFile } from "./recordings.ts";
import { replayBehaviour } from "./replay-behaviour.ts";
import { replayCell } from "./replay-cell.ts";
import { replayFlow } from "./replay-flow.ts";
import { replayScheduler } from "./replay-scheduler.ts";

/** What became of one case. */
export type Row = Verdict & { readonly file: string; readonly case: string };

/** Replay the cases of a file whose row has `only` in its file or name. */
export function replayFile(file: RecordingFile, only = ""): Row[] {
  return file.cases
    .map((recorded, i) => ({ recorded, name: `${nameOf(recorded)} #${i + 1}` }))
    .filter(({ name }) => `${file.name} ${name}`.includes(only))
    .map(({ recorded, name }) => ({ file: file.name, case: name, ...replayCase(recorded, file.name) }));
}

/** A mistake in a recording, or in us, is a row that failed, and no reason to stop. */
function replayCase(recorded: Recorded, file: string): Verdict {
  const ledger = createLedger();
  try {
    replay(recorded, file, ledger);
  } catch (error) {
    ledger.cannot("replay", error instanceof Error ? error.message : JSON.stringify(error));
  }
  return ledger.verdict();
}

function replay(recorded: Recorded, file: string, ledger: Ledger): void {
  if (recorded.kind === "scheduler") replayScheduler(recorded.of, ledger);
  else if (recorded.kind === "flow") replayFlow(recorded.of, ledger);
  else if (recorded.kind === "cell") replayCell(recorded.of, /secure_tcp_[^0]/.test(file), ledger);
  else if (recorded.kind === "behaviour") replayBehaviour(recorded.of, ledger);
  else ledger.cannot("case", recorded.why);
}

function nameOf(recorded: Recorded): string {
  switch (recorded.kind) {
    case "scheduler": {
      const { sched, flags, mode, note, pattern, commands } = recorded.of;
      const weights = commands.flatMap((line) => / -r .*? -w (\d+)/.exec(line)?.[1] ?? []);
      return [sched, flags, mode, `weights ${weights.join(",")}`, pattern, note].filter(Boolean).join(" ");
    }
    case "flow": {
      const { name, proto, method, sysctl } = recorded.of;
      const settings = Object.entries(sysctl ?? {}).map(([key, value]) => `${key}=${value}`);
      return [name, proto, method, ...settings].join(" ");
    }
    case "cell":
      return `${recorded.of.method} ${recorded.of.recipe}: ${recorded.of.packet}`;
    case "behaviour":
      return recorded.of.case;
    case "unknown":
      return "?";
  }
}
