/**
 * The demo as a program: `tandem demo` starts it.
 *
 *     main.ts [--sessions N] [--fast] [--json] [--logs DIR]
 *
 * Exit code 0 when every target was met, 1 when not, 2 when it could not run at all, 130 after Ctrl-C.
 */
import { createPaint } from "../../packages/cli/src/tandem/format.ts";
import { LabError } from "../lab/index.ts";
import { runDemo } from "./demo.ts";
import { createLineView } from "./line-view.ts";
import { createLiveView } from "./live-view.ts";
import { type DemoOptions, readOptions } from "./options.ts";
import type { Show } from "./scene.ts";
import { formatSummary } from "./summary.ts";

const INTERRUPTED = 130;

process.exit(await main(process.argv.slice(2)));

async function main(argv: readonly string[]): Promise<number> {
  const interruption = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => interruption.abort(new Error(`ended by ${signal}`)));
  }
  try {
    return await present(readOptions(argv), interruption.signal);
  } catch (error) {
    if (interruption.signal.aborted) return INTERRUPTED;
    if (!(error instanceof LabError)) throw error;
    console.error(error.message);
    return 2;
  }
}

async function present(options: DemoOptions, signal: AbortSignal): Promise<number> {
  const stream = options.isJson ? process.stderr : process.stdout;
  const paint = createPaint(stream.isTTY && !process.env.NO_COLOR);
  const show: Show = stream.isTTY
    ? createLiveView(stream, paint)
    : createLineView(
        (line) => stream.write(line),
        () => performance.now(),
      );
  const { report, windows, logTails } = await runDemo(options, show, signal);
  show.close();
  stream.write(`\n${logTails}${formatSummary(report, windows, paint)}`);
  if (options.isJson) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  return report.ok ? 0 : 1;
}
