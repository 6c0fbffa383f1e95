/** `tandem run`: the daemon. */
import { existsSync } from "node:fs";
import { LbError } from "@tandem/model";
import {
  DOCUMENT_PATH,
  loadNodeConfig,
  loadNodeConfigFile,
  NODE_CONFIG_PATH,
  type NodeConfig,
} from "../../node/config/node-config.ts";
import { LOG_LEVELS, type LogLevel } from "../../node/log.ts";
import { type Answer, type Command, EXIT, type ExitCode, type World } from "../command.ts";
import type { Machine } from "../doctor/machine.ts";
import { several } from "../read-option.ts";

/** What may be given instead of, or beside, a configuration file. */
export interface RunOptions {
  readonly config?: string;
  readonly interface?: readonly string[];
  readonly document?: string;
  readonly node?: string;
  readonly nats?: readonly string[];
  readonly logLevel?: LogLevel;
  readonly cleanup?: boolean;
}

export const run: Command<RunOptions> = {
  options: [
    {
      flags: "--config <file>",
      help: `the node's configuration (default: ${NODE_CONFIG_PATH})`,
      values: "file",
    },
    {
      flags: "--interface <name>",
      help: "run without a configuration, on this interface, which must be there; may be repeated",
      read: several,
    },
    {
      flags: "--document <file>",
      help: `the document of a director on its own (default: ${DOCUMENT_PATH}); read at the start if changed since the last \`tandem apply\``,
      values: "file",
    },
    { flags: "--node <name>", help: "name of this director, unique in its cluster" },
    { flags: "--nats <server>", help: "NATS server, host:port; may be repeated", read: several },
    { flags: "--log-level <level>", help: "what is worth a line", values: LOG_LEVELS },
    { flags: "--cleanup", help: "remove what a daemon left in the kernel (its connections end), and exit" },
  ],
  examples: [
    ["run --interface eth0 --document /etc/tandem/tandem.yaml", "a first try, on its own"],
    ["run", `as ${NODE_CONFIG_PATH} says`],
    ["run --cleanup", "afterwards, when it has ended: leaves no trace in the kernel"],
  ],
  async run({ options }, world) {
    if (options.cleanup) return cleanUp(await readCleanUpConfig(options), world);
    const config = await readRunConfig(options);
    refuseAbsent(options.interface ?? [], await world.machine());
    refuseNoDocument(options.document);
    return serve(config, world);
  },
};

/** `--interface` is for a director on its own, without a configuration. */
const ONE_OF_TWO = {
  "--config": "one of the two: a configuration names its interfaces itself",
  "--nats": "one of the two: a cluster wants a configuration, whose NATS servers --nats replaces",
} as const;

/**
 * The configuration that a command line comes to: a file's with what the options say instead, or the options' alone.
 *
 * @throws LbError as `loadNodeConfigFile`, or invalid_argument for options that do not fit together
 */
export async function readRunConfig(options: RunOptions): Promise<NodeConfig> {
  const { config: file, interface: interfaces, nats } = options;
  if (interfaces) {
    const beside = nats ? "--nats" : file === undefined ? undefined : "--config";
    if (beside) throw misfit("--interface", `given together with ${beside}`, ONE_OF_TWO[beside]);
    return readTyped(options, interfaces);
  }
  const config = await loadNodeConfigFile(file).catch((error) => {
    throw file === undefined && isNotFound(error) ? noConfig(error) : error;
  });
  if (nats && !config.nats)
    throw misfit("--nats", "for a director on its own", "cluster and nats in the configuration");
  if (options.document && config.nats)
    throw misfit("--document", "for a cluster", "none: use `tandem apply`");
  const typed = readTyped(options, ["lo"]); // what is typed obeys the rules of the file; interfaces are the file's
  return {
    ...config,
    ...(options.node !== undefined && { name: typed.name }),
    ...(options.document !== undefined && { document: typed.document }),
    ...(options.logLevel !== undefined && { logLevel: typed.logLevel }),
    ...(config.nats && nats && { nats: { ...config.nats, servers: [...nats] } }),
  };
}

/**
 * Who types an interface waits for the answer, and one that is not there is a slip of the fingers. Those of a file are waited for: at boot
 * one may come later, and a daemon that is restarted while one is away serves what comes in by the others.
 *
 * @throws LbError invalid_argument
 */
function refuseAbsent(typed: readonly string[], machine: Machine): void {
  const there = interfacesOf(machine);
  const absent = typed.filter((name) => there && !there.includes(name));
  if (absent.length === 0) return;
  const quoted = absent.map((name) => `"${name}"`).join(" and ");
  throw misfit("--interface", `${quoted}, which this machine lacks`, `one of ${there!.join(", ")}`);
}

/** Nor would anybody wait for a typed document: the director would be ready, and serve nothing. @throws LbError invalid_argument */
function refuseNoDocument(typed: string | undefined): void {
  if (typed === undefined || existsSync(typed)) return;
  throw misfit("--document", `"${typed}", which is not there`, "a file");
}

/** Names of the network interfaces in this process's own network namespace, whatever is mounted at /sys. Undefined: they cannot be read. */
const interfacesOf = (machine: Machine): string[] | undefined =>
  machine
    .read("/proc/net/dev")
    ?.split("\n")
    .flatMap((line) => /^\s*([^\s:]+):/.exec(line)?.[1] ?? []);

/** A director that was started without a configuration left what it left where the defaults say. */
async function readCleanUpConfig(options: RunOptions): Promise<NodeConfig> {
  const hasConfig = options.config !== undefined || options.interface || existsSync(NODE_CONFIG_PATH);
  return hasConfig ? readRunConfig(options) : readTyped(options, ["lo"]); // no interface is looked at
}

const isNotFound = (error: unknown): boolean =>
  error instanceof LbError && error.failure.code === "not_found";

const noConfig = (cause: unknown): LbError =>
  new LbError(
    {
      code: "refused",
      doing: "run",
      why: `there is no "${NODE_CONFIG_PATH}"`,
      want: "it, or --config with another, or --interface for a director on its own",
    },
    { cause },
  );

function readTyped({ node, document, logLevel }: RunOptions, interfaces: readonly string[]): NodeConfig {
  const typed = { name: node, document, logLevel, interfaces: interfaces.map((name) => ({ name })) };
  return loadNodeConfig(JSON.stringify(typed), "<command line>");
}

const misfit = (field: string, got: string, want: string): LbError =>
  new LbError({ code: "invalid_argument", doing: "run", field, got, want });

/** Runs until a signal asks it to end, or it cannot go on. */
async function serve(config: NodeConfig, world: World): Promise<ExitCode> {
  const log = await world.createLog({ node: config.name, level: config.logLevel });
  const signal = world.untilSignal(); // from here on: one that comes during the start ends it properly afterwards
  const node = await world.daemon.start(config, log);
  log.info({ socket: `${config.runtimeDir}/api.sock`, clustered: config.nats !== undefined }, "running");
  const end = await Promise.race([node.failed, signal]);
  if (typeof end === "string") log.info({ signal: end }, "stopping; known flows go on");
  else log.error({ failure: end.failure }, end.message);
  await node.stop();
  log.info("stopped");
  return typeof end === "string" ? EXIT.ok : EXIT.failed;
}

async function cleanUp(config: NodeConfig, world: World): Promise<Answer> {
  const removed = await world.daemon.cleanUp(config);
  const lines = removed.map((what) => `  ${what}\n`).join("");
  return {
    json: { removed },
    text: () => (removed.length === 0 ? "Nothing to remove.\n" : `Removed:\n${lines}`),
  };
}
