/** What a command of `tandem` is, and the world that it may touch. Loads nothing: every command line waits for this file. */
import type { RemoteNode } from "@tandem/engine/client";
import type { WrittenDocument } from "../document/load-document.ts";
import type { Daemon } from "../node/daemon.ts";
import type { createLog } from "../node/log.ts";
import type { Machine } from "./doctor/machine.ts";
import type { Paint } from "./format.ts";
import type { Screen } from "./top/screen.ts";

/** What exit codes mean, of every command: the documentation says it in these words. */
export const EXIT_CODES = {
  0: "done, or all is well",
  1: "it failed, or something is not well",
  2: "wrong usage, or the machine lacks something",
} as const;
/** `degraded` is for `status` alone. */
export const EXIT = { ok: 0, failed: 1, usage: 2, degraded: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** How answers are printed. */
export const FORMATS = ["text", "json", "yaml"] as const;
export type Format = (typeof FORMATS)[number];

/** What a value is, for the shell's completion: one of a few words (others are refused), or of a kind that is looked up. */
export type Values =
  | readonly string[]
  | "file"
  | "folder"
  | "service"
  | "endpoint"
  | "destination"
  | "drained"
  | "part"
  | "node"
  | "revision";

/** An option in commander's notation: `-f, --file <file>`. */
export interface OptionSpec {
  readonly flags: string;
  readonly help: string;
  readonly required?: boolean;
  readonly default?: string | number;
  readonly values?: Values;
  /** Several of the words in `values` may stand with commas between. */
  readonly isList?: boolean;
  /** Reads the value; throws `LbError` if it is none. Given again, it also gets what it read before. */
  readonly read?: (text: string, before: unknown) => unknown;
}

/** What stands after a command's name, in commander's notation: `<wanted>`, `[may be left out]`, `<one or more...>`. */
export interface OperandSpec {
  readonly name: string;
  readonly help: string;
  readonly values?: Values;
}

/** What a command found or did: as data for `-o json` and `-o yaml`, and as text for people. */
export interface Answer {
  readonly json: unknown;
  text(paint: Paint): string;
  readonly exitCode?: ExitCode;
}

/**
 * What a command comes to. Answers one after the other are printed as they come: with `-o json` one value per line,
 * with `-o yaml` one document each; the last one's exit code counts. An exit code alone says that all has been printed; it may be
 * another tool's.
 */
export type Outcome = Answer | AsyncIterable<Answer> | number;

/** A row of the table of commands: what the help tells of a command, and the way to the rest of it, which is loaded when it is wanted. */
export interface CommandRow {
  readonly name: string;
  readonly summary: string;
  readonly group: CommandGroup;
  /** It reads its own arguments: all behind its name are operands, as they were typed. */
  readonly verbatim?: boolean;
  /** Not for people: neither in the help nor in the documentation. */
  readonly isHidden?: boolean;
  load(): Promise<AnyCommand>;
}

/** Headings of the help, in its order. */
export const COMMAND_GROUPS = {
  look: "See what goes on",
  change: "Change the configuration",
  operate: "Operate",
  setUp: "Set up and run",
} as const;
export type CommandGroup = keyof typeof COMMAND_GROUPS;

/** One command; its name and summary stand in the table. `O` is what its options come to. */
export interface Command<O> {
  /** In order; what may be left out stands last. */
  readonly operands?: readonly OperandSpec[];
  readonly options: readonly OptionSpec[];
  /** A command line without "tandem", and what it is for. */
  readonly examples: readonly (readonly [line: string, purpose: string])[];
  /** Exit codes that mean more here than elsewhere. */
  readonly exitCodes?: Readonly<Partial<Record<ExitCode, string>>>;
  /** Fails with `LbError` only. */
  run(input: Input<O>, world: World): Promise<Outcome>;
}

/** What was typed. */
export interface Input<O> {
  readonly operands: readonly string[];
  readonly options: O;
  /** For commands that print by themselves. */
  readonly format: Format;
}

/** Everything outside of a command. The real one is in main.ts; tests have their own. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Who works here, for the document's history. */
  readonly user: string;
  readonly out: Terminal;
  readonly err: Terminal;
  /** The chosen daemon, or through it the node of its cluster with this name. Fails with unavailable, in words that help. */
  connect(answering?: string): Promise<RemoteNode>;
  /** The document in a file; `-` is the standard input. Fails with invalid_document, every mistake at its place, or unavailable. */
  readDocument(path: string): Promise<WrittenDocument>;
  /** All of the standard input. */
  readInput(): Promise<string>;
  /** A file as it is. Fails with not_found, or refused where it is no text. */
  readText(path: string): Promise<string>;
  /** A new file; what was there is gone. Fails with refused. */
  createFile(path: string): Promise<NewFile>;
  /** Open a file in the operator's editor, until it is closed. Fails with refused. */
  openEditor(path: string): Promise<void>;
  machine(): Promise<Machine>;
  readonly daemon: Daemon;
  createLog(...of: Parameters<typeof createLog>): Promise<ReturnType<typeof createLog>>;
  /** Resolves with the name of the first signal that asks the process to end. */
  untilSignal(): Promise<string>;
  /** Run a script of ours in this terminal, to its end. */
  runScript(path: string, args: readonly string[]): Promise<ExitCode>;
  /** Until then, or until `signal` is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** The terminal for a command alone; undefined if there is none. */
  openScreen(): Promise<Screen | undefined>;
  /** Milliseconds since 1970. */
  now(): number;
}

/** A stream that a person may look at. */
export interface Terminal {
  readonly isTTY: boolean;
  /** Of a terminal: its width now, in characters. */
  readonly columns?: number | undefined;
  write(text: string | Uint8Array): void;
  /** Until what was written is on its way: what does not end must not pile up. False if nobody reads any more. */
  drain(): Promise<boolean>;
}

/** A file that is being written, front to back. Both fail with refused. */
export interface NewFile {
  /** Until the bytes are written. */
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
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
