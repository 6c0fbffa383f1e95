/** Words of a command line taken apart into one command and its options, as popt does: `-Ln`, `-w5`, `--weight=5`, `-w 5`. */
import type { IpvsadmRefusal } from "./command.ts";
import { COMMANDS, type CommandName, type CommandRow, OPTIONS, type OptionRow } from "./options.ts";

/** An option as it stands on the line; `spelling` is its row. */
export interface GivenOption {
  readonly row: OptionRow;
  readonly value?: string;
}

/** A line taken apart, up to its first mistake. */
export interface Words {
  readonly command: CommandName;
  /** Argument of the command itself. */
  readonly argument?: string;
  readonly options: readonly GivenOption[];
  /** Of the word behind the options: what they say is looked at before it. */
  readonly mistake?: IpvsadmRefusal;
  /** What is neither an option nor the value of one. */
  readonly rest: readonly string[];
}

type Row = ({ is: "command" } & CommandRow) | ({ is: "option" } & OptionRow);

const rows = new Map<string, Row>();
for (const row of COMMANDS)
  for (const spelling of [...row.short.map((s) => `-${s}`), ...row.long.map((l) => `--${l}`)])
    rows.set(spelling, { is: "command", ...row });
for (const row of OPTIONS)
  for (const spelling of [...(row.short ? [`-${row.short}`] : []), `--${row.long}`])
    rows.set(spelling, { is: "option", ...row });

const HINT = "Try `ipvsadm -h' or 'ipvsadm --help' for more information.";
const refuse = (message: string, exit: 2 | 255): IpvsadmRefusal => ({ message, exit });

/** Take a line apart, without the word `ipvsadm`. No words at all ask for the list. Never throws. */
export function readWords(args: readonly string[]): Words | IpvsadmRefusal {
  if (args.length === 0) return { command: "list", options: [], rest: [] };
  const queue = args.flatMap(unbundle);
  const rest: string[] = [];
  const first = nextOption(queue, rest);
  if (!first || "message" in first || first.row.is === "option") return refuse(HINT, 255);
  const { row, value } = first;
  const words = { command: row.name as CommandName, ...(value !== undefined && { argument: value }), rest };
  const options: GivenOption[] = [];
  // whoever asks for help gets it, whatever else is said
  if (row.name === "help" || row.name === "version") return { ...words, options, rest: [] };
  for (let option = nextOption(queue, rest); option; option = nextOption(queue, rest)) {
    if ("message" in option) return { ...words, options, mistake: option };
    if (option.row.is === "command")
      return { ...words, options, mistake: refuse(`invalid option \`${option.typed}'`, 2) };
    options.push({ row: option.row, ...(option.value !== undefined && { value: option.value }) });
  }
  return { ...words, options };
}

interface Option {
  readonly row: Row;
  readonly typed: string;
  readonly value?: string | undefined;
}

/** Take the next option and its value; words before it that are none go to `rest`. */
function nextOption(queue: QueuedWord[], rest: string[]): Option | IpvsadmRefusal | undefined {
  while (queue.length > 0) {
    const queued = queue.shift()!;
    const { word } = queued;
    if (word === "--") rest.push(...queue.splice(0).map((behind) => behind.typed));
    else if (!word.startsWith("-") || word === "-") rest.push(word);
    else return optionOf(queued, queue);
  }
  return undefined;
}

function optionOf(queued: QueuedWord, queue: QueuedWord[]): Option | IpvsadmRefusal {
  const { typed } = queued;
  const { name, attached = queued.attached } = partsOf(queued.word);
  const row = rows.get(name);
  if (!row) return refuse(`${typed}: unknown option`, 255);
  if (row.takes === "nothing" && attached !== undefined)
    return refuse(`${typed}: option does not take an argument`, 255);
  const value = attached ?? (takesNext(row, queue[0]?.word) ? queue.shift()!.word : undefined);
  if (row.takes === "value" && value === undefined) return refuse(`${typed}: missing argument`, 255);
  return { row, typed, value };
}

const takesNext = (row: Row, next: string | undefined): boolean =>
  next !== undefined && (row.takes === "value" || (row.takes === "maybe" && !next.startsWith("-")));

function partsOf(word: string): { name: string; attached?: string } {
  const at = word.startsWith("--") ? word.indexOf("=") : -1;
  return at < 0 ? { name: word } : { name: word.slice(0, at), attached: word.slice(at + 1) };
}

/** A word, and how it was typed: perhaps in one with others. */
interface QueuedWord {
  readonly word: string;
  readonly typed: string;
  /** A value that stands in the same word. */
  readonly attached?: string | undefined;
}

/** `-Ln` becomes `-L -n`, in `-w5` and `-w=5` stands the value of `-w`: letters up to and with the first that takes one, and what is left. */
function unbundle(typed: string): QueuedWord[] {
  if (!/^-[^-]/.test(typed) || typed.length === 2) return [{ word: typed, typed }];
  const split: QueuedWord[] = [];
  for (let i = 1; i < typed.length; i++) {
    const word = `-${typed[i]}`;
    const row = rows.get(word);
    if (!row) return [...split, { word: typed, typed }];
    if (row.takes !== "nothing" && i + 1 < typed.length)
      return [...split, { word, typed, attached: typed.slice(i + 1).replace(/^=/, "") }];
    split.push({ word, typed });
  }
  return split;
}
