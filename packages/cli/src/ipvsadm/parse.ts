/** ipvsadm's command line (1.31) read into values; its mistakes in the tool's own words. Nothing is carried out here. */
import { BUILDERS } from "./build.ts";
import type { IpvsadmCommand, IpvsadmRefusal } from "./command.ts";
import { type Given, READERS } from "./given.ts";
import { type NameBook, NO_NAMES } from "./name-book.ts";
import { COMMANDS, type CommandRow, type Slot } from "./options.ts";
import { isRefusal, usage } from "./refusal.ts";
import { readWords, type Words } from "./words.ts";

export { isRefusal } from "./refusal.ts";

/**
 * Read a command line, without the word `ipvsadm` in front.
 *
 * @param names what hosts and ports may be called, besides their numbers
 * @returns what it asks for, or the tool's own message and exit status. Never throws.
 */
export function parseIpvsadm(
  args: readonly string[],
  names: NameBook = NO_NAMES,
): IpvsadmCommand | IpvsadmRefusal {
  const words = readWords(args);
  if (isRefusal(words)) return words;
  const given: Given = { names, daemon: {} };
  const slots = new Set<Slot>();
  for (const option of words.options) {
    const { slot } = option.row;
    if (slots.has(slot)) return usage(`multiple '${slot}' options specified`);
    const problem = READERS[slot]?.(given, option, option.value ?? "");
    if (problem !== undefined) return usage(problem);
    slots.add(slot);
  }
  const problem = checkSlots(words, slots) ?? checkRest(words);
  return problem === undefined ? BUILDERS[words.command]({ words, given, slots }) : usage(problem);
}

function checkSlots({ command, rest }: Words, slots: ReadonlySet<Slot>): string | undefined {
  const row: CommandRow = COMMANDS.find((c) => c.name === command)!;
  const missing = row.needs.find((slot) => !slots.has(slot));
  if (missing) return `You need to supply the '${missing}' option for the '${command}' command`;
  const illegal = [...slots].find((slot) => !row.needs.includes(slot) && !row.may.includes(slot));
  return illegal && `Illegal '${illegal}' option with the '${command}' command${wayToData(illegal, rest)}`;
}

/** Whoever knows `tandem` writes `-o json` here, too. */
function wayToData(illegal: Slot, rest: readonly string[]): string {
  const format = rest.find((word) => word === "json" || word === "yaml");
  return illegal === "one-packet" && format
    ? `\nIn ipvsadm -o is one-packet scheduling: for data there is \`tandem services -o ${format}\``
    : "";
}

function checkRest({ command, rest }: Words): string | undefined {
  const wanted = command === "set" ? 3 : 0;
  if (rest.length < wanted) return "--set option requires 3 timeout values";
  return rest.length > wanted ? `unexpected argument ${rest[wanted]}` : undefined;
}
