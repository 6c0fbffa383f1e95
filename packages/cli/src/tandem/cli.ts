/** From a command line to an exit code: commander, built from the table of commands. */
import { LbError, type LbFailure } from "@tandem/model/failure";
import { CommanderError } from "commander";
import type { DaemonAddress } from "../client.ts";
import {
  type Answer,
  type AnyCommand,
  type CommandRow,
  EXIT,
  type ExitCode,
  type Format,
  type Outcome,
  type Terminal,
  type World,
} from "./command.ts";
import { formatPlural } from "./format.ts";
import { TAKES_VALUE } from "./global-options.ts";
import { paintFor } from "./paint-for.ts";
import { printable } from "./printable.ts";
import { addCommand, createProgram } from "./program.ts";
import { serialize, serializeMany } from "./serialize.ts";

/** The world of a command, before it is known which daemon it talks to. */
export interface Surroundings {
  readonly version: string;
  readonly env: World["env"];
  readonly out: Terminal;
  readonly err: Terminal;
  world(globals: GlobalOptions): World;
}

/** What the options of every command come to. */
export interface GlobalOptions extends DaemonAddress {
  readonly output: Format;
  readonly json?: boolean;
}

const FAILURE_EXITS: Record<LbFailure["code"], ExitCode> = {
  not_found: EXIT.failed,
  already_exists: EXIT.failed,
  invalid_argument: EXIT.usage,
  invalid_document: EXIT.failed,
  stale_revision: EXIT.failed,
  unsupported: EXIT.usage,
  refused: EXIT.failed,
  forbidden: EXIT.failed,
  unavailable: EXIT.failed,
};

/**
 * Run one command line.
 *
 * @param typed what follows the program's name
 * @returns the exit code; failures have been told on `err`. Throws only what is a bug.
 */
export async function runCli(
  typed: readonly string[],
  commands: readonly CommandRow[],
  around: Surroundings,
): Promise<number> {
  let exitCode: number = EXIT.ok;
  let isStream = false;
  const program = createProgram(commands, around);
  let argv = helpFirst(typed, commands);
  const { word, row, behind } = findCommand(argv, commands);
  if (word !== undefined && !row) argv = argv.slice(0, behind); // help for it there is none, either
  const own = row?.verbatim && argv === typed ? argv.slice(behind) : undefined; // behind `help` it is like any other
  if (row) {
    const command = await row.load();
    if (!own && asksForHelp(argv.slice(behind), command)) argv = [...argv.slice(0, behind), "--help"];
    const parser = addCommand(program, row, { command, room: paintFor(around.out, around.env).width });
    parser.action(async () => {
      const { socket, output, json, ...options } = parser.optsWithGlobals();
      const input = { operands: own ?? parser.args, options, format: formatOf({ output, json }) };
      const outcome = await command.run(input, around.world(parser.optsWithGlobals()));
      isStream = isMany(outcome);
      exitCode = await show(outcome, input.format, around);
    });
  }
  try {
    await program.parseAsync(argv.slice(0, own && behind), { from: "user" });
  } catch (error) {
    const format = formatOf(program.opts());
    exitCode = await tell(error, { format, isStream, command: row?.name }, around);
  }
  return exitCode;
}

/** The first word that is neither an option nor an option's value, and where what stands behind it begins. */
function findCommand(argv: readonly string[], commands: readonly CommandRow[]) {
  const at = argv.findIndex((word, i) => !word.startsWith("-") && !TAKES_VALUE.has(argv[i - 1] ?? ""));
  return { word: argv[at], row: commands.find(({ name }) => name === argv[at]), behind: at + 1 };
}

/** `help drain` as `drain --help`. */
function helpFirst(typed: readonly string[], commands: readonly CommandRow[]): readonly string[] {
  const { word, behind } = findCommand(typed, commands);
  if (word !== "help") return typed;
  const [about] = typed.slice(behind);
  return [...typed.slice(0, behind - 1), ...(about === undefined ? [] : [about]), "--help"];
}

/** `drain help`, unless that may be a file. */
const asksForHelp = (words: readonly string[], { operands }: AnyCommand): boolean =>
  words.length === 1 && words[0] === "help" && operands?.[0]?.values !== "file";

const formatOf = ({ json, output }: Pick<GlobalOptions, "json" | "output">): Format =>
  json ? "json" : output;

const isMany = (outcome: Outcome): outcome is AsyncIterable<Answer> =>
  typeof outcome === "object" && Symbol.asyncIterator in outcome;

async function show(outcome: Outcome, format: Format, around: Surroundings): Promise<number> {
  if (typeof outcome === "number") return outcome;
  const { out, env } = around;
  if (!isMany(outcome)) {
    out.write(format === "text" ? outcome.text(paintFor(out, env)) : await serialize(outcome.json, format));
    return outcome.exitCode ?? EXIT.ok;
  }
  let exitCode: ExitCode = EXIT.ok;
  for await (const answer of outcome) {
    out.write(format === "text" ? answer.text(paintFor(out, env)) : await serializeMany(answer.json, format));
    exitCode = answer.exitCode ?? EXIT.ok;
    if (!(await out.drain())) break;
  }
  return exitCode;
}

/** How answers were being printed. */
interface Printing {
  readonly format: Format;
  readonly isStream: boolean;
  readonly command: string | undefined;
}

/** Commander has told of its own errors already. A script that reads data finds the failure on `out` as well. */
async function tell(
  error: unknown,
  { format, isStream, command }: Printing,
  { out, err, env }: Surroundings,
): Promise<ExitCode> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (!(error instanceof LbError)) throw error;
  const [says, places] = inWords(error, command);
  err.write(`${printable(places)}${paintFor(err, env)("bad", "error:")} ${printable(says)}\n`);
  const failure = { error: { ...error.failure, message: error.message } };
  if (format !== "text") out.write(await (isStream ? serializeMany : serialize)(failure, format));
  return FAILURE_EXITS[error.failure.code];
}

/** What a mistake in a document comes to, where it is not that nothing was changed. */
const UNDONE: Readonly<Record<string, string>> = { run: "the daemon does not start" };

/** Mistakes in a document stand on lines of their own, as compilers and editors have them: `file:line:column: …`. */
function inWords({ failure, message }: LbError, command = ""): [says: string, places: string] {
  if (failure.code !== "invalid_document") return [message, ""];
  return [
    `${formatPlural(failure.problems.length, "mistake")} in ${failure.source}: ${UNDONE[command] ?? "nothing was changed"}`,
    `${message}\n`,
  ];
}
