/** From a command line to an exit code: commander, built from the table of commands. */
import { LbError, type LbFailure } from "@tandem/model";
import { CommanderError, Option, Command as Parser } from "commander";
import { DEFAULT_SOCKET } from "../client.ts";
import {
  type Answer,
  type AnyCommand,
  EXIT,
  type ExitCode,
  type OptionSpec,
  type Terminal,
  type World,
} from "./command.ts";
import { createPaint, formatPlural } from "./format.ts";

/** The world of a command, before it is known which daemon it talks to. */
export interface Surroundings {
  readonly version: string;
  readonly env: World["env"];
  readonly out: Terminal;
  readonly err: Terminal;
  world(socketPath: string): World;
}

const EXIT_CODES: Record<LbFailure["code"], ExitCode> = {
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
 * @param argv what follows the program's name
 * @returns the exit code; failures have been told on `err`. Throws only what is a bug.
 */
export async function runCli(
  argv: readonly string[],
  commands: readonly AnyCommand[],
  around: Surroundings,
): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const program = createProgram(around);
  for (const command of commands) {
    const parser = addCommand(program, command);
    parser.action(async () => {
      const { socket, json = false, ...options } = parser.optsWithGlobals();
      const answer = await command.run({ operands: parser.args, options, json }, around.world(socket));
      exitCode = typeof answer === "number" ? answer : show(answer, json, around);
    });
  }
  try {
    await program.parseAsync([...argv], { from: "user" });
  } catch (error) {
    exitCode = tell(error, argv.includes("--json"), around);
  }
  return exitCode;
}

function createProgram({ version, env, out, err }: Surroundings): Parser {
  const socket = new Option("-s, --socket <path>", "the daemon's socket; also $TANDEM_SOCKET");
  return new Parser("tandem")
    .description(
      "Runs a layer-4 load balancer that keeps its connections when a director dies, and tells how it is.",
    )
    .version(version, "--version", "print the version")
    .helpCommand(false)
    .addOption(socket.default(env.TANDEM_SOCKET || DEFAULT_SOCKET))
    .option("--json", "answer with one JSON value instead of text")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: (text) => out.write(text), writeErr: (text) => err.write(text) })
    .exitOverride()
    .addHelpText(
      "after",
      "\nExit code: 0 done or well, 1 failed or not well, 2 wrong usage or the machine lacks something.",
    );
}

function addCommand(program: Parser, command: AnyCommand): Parser {
  const parser = program.command(command.name).description(command.summary).allowExcessArguments(false);
  for (const { name, help } of command.operands ?? []) parser.argument(name, help);
  for (const spec of command.options) parser.addOption(createOption(spec));
  const width = Math.max(...command.examples.map(([line]) => line.length));
  const examples = command.examples.map(([line, purpose]) => `  tandem ${line.padEnd(width)}  # ${purpose}`);
  return parser.addHelpText("after", `\nExamples:\n${examples.join("\n")}`);
}

function createOption({ flags, help, required = false, default: value, read }: OptionSpec): Option {
  const option = new Option(flags, help).makeOptionMandatory(required);
  if (read) option.argParser(read);
  return value === undefined ? option : option.default(value);
}

function show(answer: Answer, json: boolean, { out, env }: Surroundings): ExitCode {
  out.write(
    json ? `${JSON.stringify(answer.json, null, 2)}\n` : answer.text(createPaint(hasColour(out, env))),
  );
  return answer.exitCode ?? EXIT.ok;
}

/** https://no-color.org: present and not empty means no. */
const hasColour = (terminal: Terminal, env: World["env"]): boolean =>
  terminal.isTTY && !env.NO_COLOR && env.TERM !== "dumb";

/** Commander has told of its own errors already. With `--json` a script finds the failure on `out` as well. */
function tell(error: unknown, json: boolean, { out, err, env }: Surroundings): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (!(error instanceof LbError)) throw error;
  const paint = createPaint(hasColour(err, env));
  const [says, places] = inWords(error);
  err.write(`${places}${paint("bad", "error:")} ${says}\n`);
  if (json)
    out.write(`${JSON.stringify({ error: { ...error.failure, message: error.message } }, null, 2)}\n`);
  return EXIT_CODES[error.failure.code];
}

/** Mistakes in a document stand on lines of their own, as compilers and editors have them: `file:line:column: …`. */
function inWords({ failure, message }: LbError): [says: string, places: string] {
  if (failure.code !== "invalid_document") return [message, ""];
  return [
    `${formatPlural(failure.problems.length, "mistake")} in ${failure.source}: nothing was changed`,
    `${message}\n`,
  ];
}
