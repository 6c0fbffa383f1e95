/** The paint for a terminal. */
import type { Terminal, World } from "./command.ts";
import { createPaint, type Paint } from "./format.ts";

/**
 * What is no terminal gets no colours, and every column in full; so does one that says 0 columns, as serial consoles do: it knows of none.
 * https://no-color.org: present and not empty means no.
 */
export function paintFor(terminal: Terminal, env: World["env"]): Paint {
  const hasColour = terminal.isTTY && !env.NO_COLOR && env.TERM !== "dumb";
  return createPaint(hasColour, terminal.isTTY && terminal.columns ? terminal.columns : undefined);
}
