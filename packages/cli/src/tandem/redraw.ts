/** A text that takes the place of the one before it. */

const HOME = "\u001b[H";
const CLEAR_LINE = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";

/** Lines written over the ones before, so that a terminal does not flicker; elsewhere one after the other, with a line between. */
export function redraw(text: string, isTTY: boolean): string {
  if (!isTTY) return `${text}\n`;
  return `${HOME}${text.replaceAll("\n", `${CLEAR_LINE}\n`)}${CLEAR_BELOW}`;
}
