/** ipvsadm's command line (1.31) read into values; its mistakes in the tool's own words. Nothing is carried out here. */
import { BUILDERS } from "./build.ts";
import type { IpvsadmCommand, IpvsadmRefusal } from "./command.ts";
import { type Given, READERS } from "./given.ts";
import { type NameBook, NO_NAMES } from "./name-book.ts";
import { COMMANDS, type CommandRow, OPTIONS, type Slot } from "./options.ts";
import { isRefusal, usage } from "./refusal.ts";
import { readMode } from "./values.ts";
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
  if (words.argument !== undefined && !readMode(words.argument))
    return usage(
      `illegal ${words.command === "start-daemon" ? "start-daemon parameter" : "start_daemon"} specified`,
    );
  const given: Given = { names, daemon: {} };
  const slots = new Set<Slot>();
  for (const option of words.options) {
    const { slot } = option.row;
    if (slot === "sort") continue; // goes with every command
    if (slots.has(slot) && slot !== "ipv6") return usage(`multiple '${slot}' options specified`);
    const problem = READERS[slot]?.(given, option, option.value ?? "");
    if (problem !== undefined) return usage(problem);
    slots.add(slot);
  }
  if (words.mistake) return words.mistake;
  const problem = checkRest(words, slots) ?? checkSlots(words, slots);
  return problem === undefined ? BUILDERS[words.command]({ words, given, slots }) : usage(problem);
}

function checkRest({ command, rest }: Words, slots: ReadonlySet<Slot>): string | undefined {
  const wanted = command === "set" ? 3 : 0;
  if (rest.length < wanted) return "--set option requires 3 timeout values";
  const isMeantForData = command === "list" && slots.has("ops");
  return rest.length > wanted
    ? `unexpected argument ${rest[wanted]}${isMeantForData ? wayToData(rest[wanted]!) : ""}`
    : undefined;
}

/** Whoever knows `tandem` writes `-o json` here, too. */
const wayToData = (word: string): string =>
  word === "json" || word === "yaml"
    ? `\nIn ipvsadm -o is one-packet scheduling: for data there is \`tandem services -o ${word}\``
    : "";

/** The first option, in the order of the table, that is missing or does not belong there. */
function checkSlots({ command }: Words, slots: ReadonlySet<Slot>): string | undefined {
  const row: CommandRow = COMMANDS.find((c) => c.name === command)!;
  for (const { slot } of OPTIONS) {
    if (row.needs.includes(slot)) {
      if (!slots.has(slot)) return `You need to supply the '${slot}' option for the '${command}' command`;
    } else if (slots.has(slot) && !row.may.includes(slot))
      return `Illegal '${slot}' option with the '${command}' command`;
  }
  return undefined;
}
