/** What can stand where a command line is being typed, from the table of commands. Asks for live values through a port. */
import type { AnyCommand, CommandRow, OptionSpec, Values } from "../command.ts";
import { GLOBAL_OPTIONS, TAKES_VALUE } from "../global-options.ts";

/** Kinds of values that only a daemon knows. */
export type LiveKind = Exclude<Values, readonly string[] | "file" | "folder">;

/** Words with their help, or what the shell completes better itself. */
export type Completion = "file" | "folder" | readonly Candidate[];
export type Candidate = readonly [word: string, help: string];

/** Values of a kind, behind the operands that are typed already; none if nobody answers. Never fails. */
export type AskLive = (kind: LiveKind, behind: readonly string[]) => Promise<readonly string[]>;

const HELP: OptionSpec = { flags: "-h, --help", help: "display help for command" };
const VERSION: OptionSpec = { flags: "--version", help: "print the version" };

/** What the last of `words`, all behind `tandem`, can become. */
export async function complete(
  words: readonly string[],
  commands: readonly CommandRow[],
  askLive: AskLive,
): Promise<Completion> {
  const current = words.at(-1) ?? "";
  const found = await find(words, askLive, commands);
  if (typeof found === "string") return found;
  return found.filter(([word]) => word.startsWith(current));
}

async function find(
  words: readonly string[],
  askLive: AskLive,
  commands: readonly CommandRow[],
): Promise<Completion> {
  const [current = "", ...before] = words.toReversed();
  const typed = before.toReversed();
  const at = commandAt(typed);
  const row = commands.find(({ name }) => name === typed[at]);
  if (at >= 0 && (!row || row.verbatim)) return [];
  const command = await row?.load();
  const options = [...(command?.options ?? []), ...GLOBAL_OPTIONS];
  const pending = optionOf(typed.at(-1) ?? "", options);
  if (pending && takesValue(pending)) return optionValues(pending, current, askLive);
  const [, assigned, value = ""] = /^(--[\w-]+)=(.*)$/.exec(current) ?? [];
  if (assigned !== undefined) return assignedValues(optionOf(assigned, options), [assigned, value], askLive);
  if (current.startsWith("-")) return [...options, HELP, ...(command ? [] : [VERSION])].flatMap(flagsOf);
  if (!command) return commands.map(({ name, summary }) => [name, summary] as const);
  const behind = operandsIn(typed.slice(at + 1), options);
  return operandValues(command, behind, askLive);
}

/** Where the command's name stands; -1: nowhere yet. */
const commandAt = (typed: readonly string[]): number =>
  typed.findIndex((word, i) => !word.startsWith("-") && !TAKES_VALUE.has(typed[i - 1] ?? ""));

const takesValue = ({ flags }: OptionSpec): boolean => /[<[]/.test(flags);

const optionOf = (word: string, options: readonly OptionSpec[]): OptionSpec | undefined =>
  word.startsWith("-") ? options.find(({ flags }) => namesIn(flags).includes(word)) : undefined;

/** `-f` and `--file`. */
const namesIn = (flags: string): string[] => flags.match(/(?<![\w-])--?[\w-]+/g) ?? [];

/** Long names only: they say what they mean. */
const flagsOf = ({ flags, help }: OptionSpec): Candidate[] =>
  namesIn(flags)
    .filter((name) => name.startsWith("--"))
    .map((name) => [name, help]);

/** Behind a comma: what stands before it, and each word that does not. */
async function optionValues({ values, isList }: OptionSpec, current: string, askLive: AskLive) {
  const found = await valuesOf(values, askLive);
  const typed = current.split(",").slice(0, -1);
  if (!isList || typeof found === "string" || typed.length === 0) return found;
  const rest = found.filter(([word]) => !typed.includes(word));
  return rest.map(([word, help]) => [[...typed, word].join(), help] as const);
}

async function assignedValues(
  option: OptionSpec | undefined,
  [name, value]: readonly [name: string, value: string],
  askLive: AskLive,
) {
  const values = option ? await optionValues(option, value, askLive) : [];
  return typeof values === "string"
    ? values
    : values.map(([word, help]) => [`${name}=${word}`, help] as const);
}

/** The operands before the one that is being typed. */
function operandsIn(typed: readonly string[], options: readonly OptionSpec[]): string[] {
  const isValue = (i: number) => {
    const option = optionOf(typed[i - 1] ?? "", options);
    return option !== undefined && takesValue(option);
  };
  return typed.filter((word, i) => !word.startsWith("-") && !isValue(i));
}

function operandValues({ operands = [] }: AnyCommand, behind: readonly string[], askLive: AskLive) {
  const last = operands.at(-1);
  const operand = operands[behind.length] ?? (last?.name.includes("...") ? last : undefined);
  return valuesOf(operand?.values, askLive, behind);
}

async function valuesOf(
  values: Values | undefined,
  askLive: AskLive,
  behind: readonly string[] = [],
): Promise<Completion> {
  if (values === undefined) return [];
  if (values === "file" || values === "folder") return values;
  const words = typeof values === "string" ? await askLive(values, behind) : values;
  return words.map((word) => [word, ""]);
}
