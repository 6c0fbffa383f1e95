/** The options of every command. */
import { FORMATS, type OptionSpec } from "./command.ts";

/** Where the daemon listens unless told otherwise. */
export const DEFAULT_SOCKET = "/run/tandem/api.sock";

/** In the order of the help. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  {
    flags: "-s, --socket <path>",
    help: "the daemon's socket; also $TANDEM_SOCKET",
    default: DEFAULT_SOCKET,
    values: "file",
  },
  {
    flags: "-o, --output <format>",
    help: "text for people; json or yaml for scripts: one value, or of what goes on a line (a document) each",
    default: "text",
    values: FORMATS,
  },
  { flags: "--json", help: "the same as -o json" },
];

/** Flags, short and long, behind which a value stands as a word of its own. */
export const TAKES_VALUE: ReadonlySet<string> = new Set(
  GLOBAL_OPTIONS.filter(({ flags }) => flags.includes("<")).flatMap(
    ({ flags }) => flags.match(/--?[\w-]+/g) ?? [],
  ),
);
