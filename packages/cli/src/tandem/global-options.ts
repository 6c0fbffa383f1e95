/** The options of every command. */
import { FORMATS, type OptionSpec } from "./command.ts";
import { nodeName } from "./read-option.ts";

/** Where the daemon listens unless told otherwise. */
const DEFAULT_SOCKET = "/run/tandem/api.sock";

/** In the order of the help. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  {
    flags: "-s, --socket <path>",
    help: "the daemon's socket; also $TANDEM_SOCKET",
    default: DEFAULT_SOCKET,
    values: "file",
  },
  {
    flags: "--server <host:port>",
    help: "a daemon on the network instead, over TLS with the three below; also $TANDEM_SERVER",
  },
  { flags: "--ca <file>", help: "CA that its certificate is of; also $TANDEM_CA", values: "file" },
  {
    flags: "--cert <file>",
    help: "your certificate, which says what you may do; also $TANDEM_CERT",
    values: "file",
  },
  { flags: "--key <file>", help: "the key of your certificate; also $TANDEM_KEY", values: "file" },
  {
    flags: "--node <name>",
    help: "the node of the cluster that is to answer, asked by the daemon at hand over NATS",
    values: "node",
    read: nodeName("node"),
  },
  {
    flags: "-o, --output <format>",
    help: "text for people; json or yaml for scripts: one value, or of what goes on a line (a document) each",
    default: "text",
    values: FORMATS,
  },
  { flags: "--json", help: "the same as -o json" },
];

/** Where options are looked for that are not typed. */
export const FROM_ENVIRONMENT = {
  socket: "TANDEM_SOCKET",
  server: "TANDEM_SERVER",
  ca: "TANDEM_CA",
  cert: "TANDEM_CERT",
  key: "TANDEM_KEY",
} as const;

/** Flags, short and long, behind which a value stands as a word of its own. */
export const TAKES_VALUE: ReadonlySet<string> = new Set(
  GLOBAL_OPTIONS.filter(({ flags }) => flags.includes("<")).flatMap(
    ({ flags }) => flags.match(/--?[\w-]+/g) ?? [],
  ),
);
