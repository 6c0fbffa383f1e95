/** Lines to carry out: the command line itself, or for `-R` those of the standard input. */
import type { IpvsadmCommand, IpvsadmRefusal } from "./command.ts";
import { isEdit } from "./edit.ts";
import type { NameBook } from "./name-book.ts";
import { isRefusal, parseIpvsadm } from "./parse.ts";
import { usage } from "./refusal.ts";

/** A command, and its line of the standard input, from 1; none: the command line. */
export interface ReadLine {
  readonly line?: number;
  readonly command: IpvsadmCommand;
}

/** Read what is to be done. @returns the commands in order, or the first mistake. Never throws. */
export function readLines(
  args: readonly string[],
  input: string,
  names: NameBook,
): readonly ReadLine[] | IpvsadmRefusal {
  const command = parseIpvsadm(args, names);
  if (isRefusal(command)) return command;
  if (command.name !== "restore") return [{ command }];
  const lines = readInput(input, names);
  if (!command.replace || isRefusal(lines)) return lines;
  if (!lines.some((line) => isEdit(line.command))) return usage(NOTHING_TO_PUT);
  return [{ command: { name: "flush", keeps: true } }, ...lines];
}

/** A file that is empty, or a pipe whose writer failed, is no word for clearing a cluster. */
const NOTHING_TO_PUT =
  "the input has no command that changes anything, and would clear all services: say -C for that\nNothing was restored";

/** Blank lines say nothing, nor do those that begin with `#`; the word `ipvsadm` may stand anywhere. */
function readInput(input: string, names: NameBook): readonly ReadLine[] | IpvsadmRefusal {
  const lines: ReadLine[] = [];
  for (const [i, text] of input.split("\n").entries()) {
    const words = text.split(/\s+/).filter((word) => word !== "" && word !== "ipvsadm");
    if (words.length === 0 || words[0]!.startsWith("#")) continue;
    const command = parseIpvsadm(words, names);
    if (isRefusal(command)) return atLine(command, i + 1);
    if (command.name === "restore") return atLine(usage("-R cannot stand in its own input"), i + 1);
    lines.push({ line: i + 1, command });
    if (command.name === "help" || command.name === "version") break; // the tool ends with that
  }
  return lines;
}

/** A refusal with its place; nothing of the input was done then, and the operator is told so. */
export const atLine = ({ message, exit }: IpvsadmRefusal, line: number | undefined): IpvsadmRefusal =>
  line === undefined
    ? { message, exit }
    : { message: `line ${line}: ${message}\nNothing was restored`, exit };
