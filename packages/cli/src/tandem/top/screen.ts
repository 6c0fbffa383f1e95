/** A terminal as a screen of lines and a source of keys. */
import { writeSync } from "node:fs";
import type { ReadStream, WriteStream } from "node:tty";
import type { Size } from "./frame.ts";
import { type Key, readKeys } from "./keys.ts";

/** A whole terminal, until closed. */
export interface Screen {
  size(): Size;
  /** Show these lines; only those that changed are written. */
  draw(lines: readonly string[]): void;
  /** Keys as they are typed; `undefined` when the size changed. Ends with a signal. */
  readonly keys: AsyncIterable<Key | undefined>;
  /** Give the terminal back as it was. Again: does nothing. */
  close(): void;
}

const ENTER = "\u001b[?1049h\u001b[?25l";
/** Emptied first: tmux 3.3 keeps what is there if the terminal has grown meanwhile. */
const LEAVE = "\u001b[H\u001b[J\u001b[?25h\u001b[?1049l";
const STDOUT = 1;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Take the terminal: its alternate screen, and every key. However the process ends, it is given back. */
export function openScreen(input: ReadStream, output: WriteStream): Screen {
  const { readable, writable } = new TransformStream<Key | undefined>(undefined, { highWaterMark: Infinity });
  const writer = writable.getWriter();
  let shown: readonly string[] = [];
  let isOpen = true;

  const onData = (text: string): void => {
    for (const key of readKeys(text)) void writer.write(key);
  };
  const onResize = (): void => {
    shown = [];
    void writer.write(undefined);
  };
  const onSignal = (): void => void writer.close();

  function close(): void {
    if (!isOpen) return;
    isOpen = false;
    process.off("exit", close);
    for (const signal of SIGNALS) process.off(signal, onSignal);
    output.off("resize", onResize);
    input.off("data", onData).setRawMode(false).pause();
    writeSync(STDOUT, LEAVE); // now: nothing comes after an exit
  }

  process.on("exit", close);
  for (const signal of SIGNALS) process.once(signal, onSignal);
  output.on("resize", onResize).write(ENTER);
  input.setRawMode(true).setEncoding("utf8").on("data", onData).resume();

  return {
    size: () => ({ columns: output.columns, rows: output.rows }),
    draw(lines) {
      output.write(changedLines(shown, lines));
      shown = lines;
    },
    keys: readable,
    close,
  };
}

/** What a terminal that shows `before` must be told to show `after`. */
export function changedLines(before: readonly string[], after: readonly string[]): string {
  return after.map((line, i) => (line === before[i] ? "" : `\u001b[${i + 1};1H${line}\u001b[K`)).join("");
}
