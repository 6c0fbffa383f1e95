/** The demo for a person at a terminal: one screen that is drawn over and over. */
import { stripVTControlCharacters } from "node:util";
import type { Paint } from "../../packages/cli/src/tandem/format.ts";
import { formatScene } from "./format-scene.ts";
import type { Show } from "./scene.ts";

/** The part of a terminal stream that is used. */
export interface Screen {
  readonly rows: number;
  readonly columns: number;
  write(text: string): unknown;
}

const CLEAR_LINE = "\x1b[K";
const CLEAR_BELOW = "\x1b[J";
const up = (lines: number) => (lines > 0 ? `\x1b[${lines}A` : "");

/** Draws on the spot, without an alternate screen: the last picture stays when the demo ends. */
export function createLiveView(screen: Screen, paint: Paint): Show {
  let drawn = 0; // lines on the screen that are ours
  return {
    tell(text) {
      if (drawn === 0) screen.write(`${text}\n`); // once there is a picture, it says what is going on
    },
    draw(scene) {
      const lines = formatScene(scene, paint)
        .slice(0, screen.rows - 1)
        .map((line) => `${clip(line, screen.columns)}${CLEAR_LINE}\n`);
      screen.write(`${up(drawn)}\r${lines.join("")}${CLEAR_BELOW}`);
      drawn = lines.length;
    },
    close() {
      drawn = 0;
    },
  };
}

/** A line that fits; one that does not loses its colours with its end. */
function clip(line: string, columns: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length <= columns ? line : plain.slice(0, columns);
}
