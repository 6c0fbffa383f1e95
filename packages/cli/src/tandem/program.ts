/** The table of commands as commander's parsers. */
import { Argument, Option, Command as Parser } from "commander";
import type { Surroundings } from "./cli.ts";
import {
  type AnyCommand,
  COMMAND_GROUPS,
  type CommandRow,
  EXIT_CODES,
  type OptionSpec,
  type Values,
} from "./command.ts";
import { wrap } from "./format.ts";
import { FROM_ENVIRONMENT, GLOBAL_OPTIONS } from "./global-options.ts";
import { printable } from "./printable.ts";
import { oneOf } from "./read-option.ts";

/** The parser of what stands before the command's name, with names and summaries for the help. */
export function createProgram(
  commands: readonly CommandRow[],
  { version, env, out, err }: Surroundings,
): Parser {
  const program = new Parser("tandem")
    .description(
      "Runs a layer-4 load balancer that keeps its connections when a director dies, and tells how it is.",
    )
    .version(version, "--version", "print the version")
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => out.write(text),
      writeErr: (text) => err.write(printable(text)),
      outputError: (text, write) => write(text + (text.includes("option '--all-nodes'") ? ONE_NODE : "")),
    })
    .exitOverride()
    .showHelpAfterError("See `tandem --help`.")
    .addHelpText(
      "after",
      `\nExit codes:\n${formatExitCodes(EXIT_CODES, Number.POSITIVE_INFINITY)}\n\n${BEGIN}`,
    );
  for (const spec of GLOBAL_OPTIONS) program.addOption(createOption(spec));
  for (const [option, name] of Object.entries(FROM_ENVIRONMENT))
    if (env[name]) program.setOptionValueWithSource(option, env[name], "env");
  program.on("option:socket", () => program.setOptionValue("server", undefined)); // what is typed last counts
  for (const row of commands) addName(program, row);
  return program;
}

/** Of commands that cannot add up what several nodes say. */
const ONE_NODE = "One node answers at a time: --node NAME\n";

const BEGIN = "Begin with `tandem status`; `tandem help COMMAND` tells of a command, with examples.";

function addName(program: Parser, { name, summary, group, isHidden = false }: CommandRow): Parser {
  return program
    .command(name, { hidden: isHidden })
    .description(summary)
    .helpGroup(`${COMMAND_GROUPS[group]}:`);
}

/** Complete the parser of the one command that was typed; lines of its help have `room` characters. */
export function addCommand(
  program: Parser,
  { name }: CommandRow,
  { command, room }: { command: AnyCommand; room: number },
): Parser {
  const parser = program.commands.find((each) => each.name() === name)!.allowExcessArguments(false);
  parser.showHelpAfterError(`See \`tandem ${name} --help\`.`);
  for (const operand of command.operands ?? [])
    parser.addArgument(new Argument(operand.name, withWords(operand.help, operand.values)));
  for (const spec of command.options) parser.addOption(createOption(spec));
  const examples = formatExamples(command.examples, room);
  const exitCodes = formatExitCodes({ ...EXIT_CODES, ...command.exitCodes }, room);
  return parser.addHelpText("after", `\nExamples:\n${examples}\nExit codes:\n${exitCodes}`);
}

/** What each is for stands behind it, or above it where that has no room for all. */
function formatExamples(examples: AnyCommand["examples"], room: number): string {
  const width = Math.max(...examples.map(([line]) => line.length));
  const inLine = examples.map(([line, purpose]) => `  tandem ${line.padEnd(width)}  # ${purpose}\n`);
  if (inLine.every((text) => text.length <= room + 1)) return inLine.join("");
  return examples.map(([line, purpose]) => `${wrap(`  # ${purpose}`, room, 4)}  tandem ${line}\n`).join("");
}

function createOption({ flags, help, required = false, default: value, values, read }: OptionSpec): Option {
  const option = new Option(flags, withWords(help, values)).makeOptionMandatory(required);
  const reader = read ?? (isWords(values) ? oneOf(option.name(), values) : undefined);
  if (reader) option.argParser(reader);
  return value === undefined ? option : option.default(value);
}

const isWords = (values: Values | undefined): values is readonly string[] => Array.isArray(values);

/** The few words that a value can be, unless the help names them. */
const withWords = (help: string, values: Values | undefined): string =>
  isWords(values) && !values.every((word) => help.includes(word)) ? `${help}: ${values.join(", ")}` : help;

const formatExitCodes = (codes: Readonly<Record<number, string>>, room: number): string =>
  Object.entries(codes)
    .map(([code, meaning]) => wrap(`  ${code}  ${meaning}`, room, 5))
    .join("")
    .trimEnd();
