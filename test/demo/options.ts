/** What the demo is told on its command line. */
import { parseArgs } from "node:util";
import { LabError } from "../lab/index.ts";

/** How the demo runs. */
export interface DemoOptions {
  /** TCP sessions; UDP flows are a fifth of them. */
  readonly sessions: number;
  /** Shorter waits. */
  readonly isFast: boolean;
  /** Print the report as JSON on stdout, and progress on stderr. */
  readonly isJson: boolean;
  /** Where every log is copied to at the end. */
  readonly logs: string | undefined;
}

const OPTIONS = {
  sessions: { type: "string", default: "1000" },
  fast: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  logs: { type: "string" },
} as const;
const MAX_SESSIONS = 20_000; // one client address has some 28,000 ports

/**
 * Read the command line.
 *
 * @throws LabError with one line that says what was wanted
 */
export function readOptions(argv: readonly string[]): DemoOptions {
  const values = parse(argv);
  return {
    sessions: readCount(values.sessions),
    isFast: values.fast,
    isJson: values.json,
    logs: values.logs,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (cause) {
    throw new LabError(`Cannot run the demo: ${(cause as Error).message}`, { cause });
  }
}

function readCount(text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (count >= 1 && count <= MAX_SESSIONS) return count;
  throw new LabError(`Cannot run the demo: sessions is "${text}", wanted 1–${MAX_SESSIONS}`);
}
