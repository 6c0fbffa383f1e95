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
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;
/** A process that nobody could continue is not stopped (POSIX, orphaned process groups): it goes on after this time. */
const STOPPED_MS = 300;

/** Of a terminal that does not say how large it is: serial consoles, script(1) without a terminal of its own. */
const USUAL: Size = { columns: 80, rows: 24 };

const stopThisProcess = (): void => void process.kill(process.pid, "SIGTSTP");

/**
 * Take the terminal: its alternate screen, and every key. However the process ends, it is given back; Ctrl-Z and SIGTSTP give it back until
 * the process is continued.
 */
export function openScreen(
  input: ReadStream,
  output: WriteStream & { readonly fd: number },
  stop = stopThisProcess,
): Screen {
  const { readable, writable } = new TransformStream<Key | undefined>(undefined, { highWaterMark: Infinity });
  const writer = writable.getWriter();
  let shown: readonly string[] = [];
  let isOpen = true;
  let isTaken = false;

  /** Nobody asks for what comes after the end. */
  const send = (key: Key | undefined): void => void writer.write(key).catch(() => {});
  const onData = (text: string): void => {
    for (const key of readKeys(text)) {
      if (key === "suspend") suspend();
      else send(key);
    }
  };
  const redraw = (): void => {
    shown = [];
    send(undefined);
  };
  const onSignal = (): void => void writer.close().catch(() => {});

  function take(): void {
    if (isTaken || !isOpen) return;
    isTaken = true;
    process.on("SIGTSTP", suspend);
    output.write(ENTER);
    input.setRawMode(true);
    redraw();
  }

  function giveBack(): void {
    if (!isTaken) return;
    isTaken = false;
    process.off("SIGTSTP", suspend); // what stops a process is that it does not listen
    input.setRawMode(false);
    writeSync(output.fd, LEAVE); // now: nothing comes after an exit, or a stop
  }

  function suspend(): void {
    giveBack();
    stop();
    setTimeout(take, STOPPED_MS).unref();
  }

  /** Also after SIGSTOP, of which nobody is told; a shell has had the terminal meanwhile. */
  function onContinue(): void {
    if (isTaken) giveBack();
    take();
  }

  function close(): void {
    if (!isOpen) return;
    isOpen = false;
    process.off("exit", close).off("SIGCONT", onContinue);
    for (const signal of SIGNALS) process.off(signal, onSignal);
    output.off("resize", redraw);
    input.off("data", onData).pause();
    giveBack();
  }

  process.on("exit", close).on("SIGCONT", onContinue);
  for (const signal of SIGNALS) process.once(signal, onSignal);
  output.on("resize", redraw);
  input.setEncoding("utf8").on("data", onData).resume();
  take();

  return {
    size: () => ({ columns: output.columns || USUAL.columns, rows: output.rows || USUAL.rows }),
    draw(lines) {
      if (!isTaken) return;
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
