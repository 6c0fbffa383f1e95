/** Lines of a script, or of what `ipvsadm -S` wrote, as the words of one command of ipvsadm each. */

/** A line's words; or why it has none: it says nothing, or is another program's. */
export type ScriptLine =
  | { readonly is: "command"; readonly words: readonly string[] }
  | { readonly is: "blank" }
  | { readonly is: "other" };

/** What scripts hang on to a command to have it quiet. */
const HUSH = /\s*(&?\d?>\s*\/dev\/null|2>&1|\|\|\s*(true|:)(?=\s|$))/g;
/** The program by its name or path, perhaps behind sudo or a namespace's. */
const PROGRAM = /^(.*[\s/])?ipvsadm$/;

/** Read a line. Comments, quotes and what makes a command quiet are taken away. Never throws. */
export function readScriptLine(text: string): ScriptLine {
  const words = wordsOf(text.replace(HUSH, ""));
  if (words.length === 0) return { is: "blank" };
  if (words[0]!.startsWith("-")) return { is: "command", words };
  const at = words.findIndex((word) => PROGRAM.test(word));
  return at < 0 || words[0] === "modprobe" ? { is: "other" } : { is: "command", words: words.slice(at + 1) };
}

function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const [word] of text.matchAll(/"[^"]*"|'[^']*'|\S+/g)) {
    if (word.startsWith("#")) break;
    words.push(/^(["']).*\1$/.test(word) ? word.slice(1, -1) : word);
  }
  return words;
}
