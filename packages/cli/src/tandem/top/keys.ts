/** What is typed on a terminal in raw mode, as names of keys. Pure. */

/** Keys that are no character. */
export type KeyName =
  | "up"
  | "down"
  | "left"
  | "right"
  | "pageUp"
  | "pageDown"
  | "home"
  | "end"
  | "enter"
  | "escape"
  | "backspace"
  | "interrupt"
  | "suspend";

/** A key: a name of the above, or the one character that was typed. */
export type Key = KeyName | (string & {});

/** Longest first: an escape alone begins all of the others. As xterm, the Linux console and tmux send them. */
const SEQUENCES: readonly (readonly [sent: string, key: KeyName])[] = [
  ["\u001b[5~", "pageUp"],
  ["\u001b[6~", "pageDown"],
  ["\u001b[1~", "home"],
  ["\u001b[4~", "end"],
  ["\u001b[A", "up"],
  ["\u001b[B", "down"],
  ["\u001b[C", "right"],
  ["\u001b[D", "left"],
  ["\u001b[H", "home"],
  ["\u001b[F", "end"],
  ["\u001bOA", "up"],
  ["\u001bOB", "down"],
  ["\u001bOC", "right"],
  ["\u001bOD", "left"],
  ["\u001bOH", "home"],
  ["\u001bOF", "end"],
  ["\u001b", "escape"],
  ["\r", "enter"],
  ["\n", "enter"],
  ["\u007f", "backspace"],
  ["\b", "backspace"],
  ["\u0003", "interrupt"],
  ["\u001c", "interrupt"],
  ["\u001a", "suspend"],
];

/** A key that nobody asks for: `ESC [` with numbers and a letter. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what keys send
const UNKNOWN = /^\u001b[[O][0-9;]*[ -/]*[@-~]/;

/** The keys in one piece of input. Other control characters are left out. */
export function readKeys(input: string): Key[] {
  const keys: Key[] = [];
  for (let rest = input; rest !== ""; ) {
    const known = SEQUENCES.find(([sent]) => sent.length > 1 && rest.startsWith(sent));
    const unknown = known ? undefined : UNKNOWN.exec(rest)?.[0];
    const single = SEQUENCES.find(([sent]) => sent === rest[0]);
    if (known) keys.push(known[1]);
    else if (single && !unknown) keys.push(single[1]);
    else if (!unknown && rest[0]! >= " ") keys.push(rest[0]!);
    rest = rest.slice((known?.[0] ?? unknown ?? " ").length);
  }
  return keys;
}
