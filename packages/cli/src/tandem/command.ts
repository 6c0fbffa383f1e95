/** What a command of `tandem` is, and the world that it may touch. */
import type { RemoteNode } from "@tandem/engine";
import type { DocumentSpec } from "@tandem/model";
import type { Daemon } from "../node/daemon.ts";
import type { createLog } from "../node/log.ts";
import type { Machine } from "./doctor/machine.ts";
import type { Paint } from "./format.ts";

/** 0: done, or all is well. 1: it failed, or something is not well. 2: wrong usage, or the machine lacks something. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** An option in commander's notation: `-f, --file <file>`. */
export interface OptionSpec {
  readonly flags: string;
  readonly help: string;
  readonly required?: boolean;
  readonly default?: string | number;
  /** Reads the value; throws `LbError` if it is none. Given again, it also gets what it read before. */
  readonly read?: (text: string, before: unknown) => unknown;
}

/** What a command found or did: as data for `--json`, and as text for people. */
export interface Answer {
  readonly json: unknown;
  text(paint: Paint): string;
  readonly exitCode?: ExitCode;
}

/** One command. `O` is what its options come to. */
export interface Command<O> {
  readonly name: string;
  readonly summary: string;
  /** What stands after the command's name, in order: `<destination>`, with its help. All are wanted. */
  readonly operands?: readonly { readonly name: string; readonly help: string }[];
  readonly options: readonly OptionSpec[];
  /** A command line without "tandem", and what it is for. */
  readonly examples: readonly (readonly [line: string, purpose: string])[];
  /** Fails with `LbError` only. */
  run(input: Input<O>, world: World): Promise<Answer | ExitCode>;
}

/** What was typed. */
export interface Input<O> {
  readonly operands: readonly string[];
  readonly options: O;
  /** Whether `--json` was: for commands that show their work while it goes on. */
  readonly json: boolean;
}

/** Everything outside of a command. The real one is in main.ts; tests have their own. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Who works here, for the document's history. */
  readonly user: string;
  readonly out: Terminal;
  readonly err: Terminal;
  /** The daemon behind the chosen socket. Fails with unavailable, in words that help. */
  connect(): Promise<RemoteNode>;
  /** The document in a file; `-` is the standard input. Fails with invalid_document, every mistake at its place, or unavailable. */
  readDocument(path: string): Promise<DocumentSpec>;
  readonly machine: Machine;
  readonly daemon: Daemon;
  createLog: typeof createLog;
  /** Resolves with the name of the first signal that asks the process to end. */
  untilSignal(): Promise<string>;
  /** Run a script of ours in this terminal, to its end. */
  runScript(path: string, args: readonly string[]): Promise<ExitCode>;
  sleep(ms: number): Promise<void>;
  /** Milliseconds since 1970. */
  now(): number;
}

/** A stream that a person may look at. */
export interface Terminal {
  readonly isTTY: boolean;
  write(text: string): void;
}

/** Do something with the daemon, and hang up whatever comes of it. */
export async function withDaemon<T>(world: World, act: (node: RemoteNode) => Promise<T>): Promise<T> {
  const node = await world.connect();
  try {
    return await act(node);
  } finally {
    node.close();
  }
}

/** A command with its options' type hidden, for lists. */
// biome-ignore lint/suspicious/noExplicitAny: a list of commands has no one type of options
export type AnyCommand = Command<any>;
