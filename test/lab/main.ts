/** The lab by hand: `npm run lab -- up|exec|cut|heal|kill|health|status|down`. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { Argument, Command, InvalidArgumentError } from "commander";
import { inNamespace } from "./command.ts";
import { LabError } from "./failure.ts";
import { KEEPER_FILE, type KeeperMessage } from "./keeper.ts";
import { clearLeftovers, findLab, type Lab } from "./lab.ts";
import { signalProcess, stateOf } from "./process.ts";
import { formatStatus } from "./status.ts";
import { NODE_NAMES, type NodeName, nodesOf } from "./topology.ts";
import { until } from "./until.ts";

const program = new Command("lab")
  .description("Directors, clients, real servers and NATS in network namespaces of this machine")
  .enablePositionalOptions();

const node = () => new Argument("<node>", NODE_NAMES.join(", ")).argParser(parseNode);

program
  .command("up")
  .description("bring the lab up; it stays until `down`")
  .option("--router <director>", "make this director the plain router between client and servers", parseNode)
  .option("--xdp", "let directors use XDP: ends finish their checksums, the switch takes redirected frames")
  .action(up);

program
  .command("exec")
  .description("run a command in a node; its exit code is yours")
  .addArgument(node())
  .argument("<command...>")
  .passThroughOptions()
  .action(exec);

program
  .command("cut")
  .description("pull the cables of a node, or part it from some others")
  .addArgument(node())
  .option("--device <device>", "only this one, such as eth0")
  .option("--from <nodes...>", "pull no cable; let no frame pass to and from these nodes")
  .action(cut);

program
  .command("heal")
  .description("restore nodes: cables plugged in, stopped processes continued, servers and NATS restarted")
  .argument("[nodes...]", "all nodes, and every partition, when left out")
  .action(heal);

program
  .command("kill")
  .description("signal every process in a node, or one by its name in `status`")
  .addArgument(node())
  .argument("[process]")
  .option("--signal <name>", "such as SIGTERM, SIGSTOP, SIGCONT", parseSignal, "SIGKILL")
  .action(kill);

program
  .command("health")
  .description("make a server's /health answer 200 (up) or 503 (down)")
  .addArgument(node())
  .addArgument(new Argument("<state>").choices(["up", "down"]))
  .action(health);

program
  .command("tunnels")
  .description("make a server, or all, the end of ipip, gre and gue tunnels")
  .addArgument(node().argOptional())
  .action(endTunnels);

program.command("status").description("show what is up").option("--json", "for programs").action(status);

program.command("down").description("end the lab, or clear away what a dead one left").action(down);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof LabError)) throw error;
  console.error(`lab: ${error.message}`);
  process.exitCode = 1;
}

async function up(options: { router?: NodeName; xdp?: true }): Promise<void> {
  const found = findLab();
  if (found) {
    throw new LabError(
      `Cannot bring the lab up: run "${found.lab.run}" is up, held by pid ${found.holder.pid}`,
    );
  }
  await startKeeper();
  const lab = currentLab();
  if (options.xdp) await lab.prepareXdp();
  if (options.router) await lab.routeThrough(options.router);
  console.log(formatStatus(await lab.status()));
}

async function startKeeper(): Promise<void> {
  const keeper = spawn(process.execPath, [KEEPER_FILE], {
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  await new Promise<void>((resolve, reject) => {
    keeper.on("message", (message: KeeperMessage) => {
      if (message.kind === "waiting") console.error(`lab: waiting for the lock, held by ${message.holder}`);
      if (message.kind === "failed") reject(new LabError(message.message));
      if (message.kind === "up") resolve();
    });
    keeper.on("exit", (code) =>
      reject(new LabError(`Cannot bring the lab up: its keeper ended with ${code}`)),
    );
  });
  keeper.unref();
}

async function exec(name: NodeName, words: string[]): Promise<void> {
  const command = words[0] === "--" ? words.slice(1) : words;
  const [nsenter, ...args] = inNamespace(currentLab().node(name).namespace, command);
  const [code, signal] = await once(spawn(nsenter!, args, { stdio: "inherit" }), "close");
  process.exitCode = code ?? 128 + constants.signals[signal as NodeJS.Signals];
}

async function cut(name: NodeName, options: { device?: string; from?: string[] }): Promise<void> {
  const lab = currentLab();
  if (options.from) await lab.partition([name], options.from.map(parseNode));
  else await lab.cut(name, options.device);
}

async function heal(names: string[]): Promise<void> {
  const lab = currentLab();
  const nodes = names.length > 0 ? names.map(parseNode) : NODE_NAMES;
  if (names.length === 0) await lab.healPartitions();
  await Promise.all(nodes.map((name) => lab.restore(name)));
}

async function kill(
  name: NodeName,
  process: string | undefined,
  options: { signal: NodeJS.Signals },
): Promise<void> {
  const lab = currentLab();
  if (process) lab.node(name).kill(process, options.signal);
  else if (options.signal === "SIGKILL") await lab.killAll(name);
  else lab.node(name).signalAll(options.signal);
}

function health(name: NodeName, state: "up" | "down"): void {
  if (!nodesOf("server").includes(name)) {
    throw new LabError(
      `Cannot set the health of "${name}": it is no server, wanted one of ${nodesOf("server")}`,
    );
  }
  currentLab().setHealth(name, state === "up");
}

async function endTunnels(name?: NodeName): Promise<void> {
  const lab = currentLab();
  await Promise.all((name ? [name] : nodesOf("server")).map((server) => lab.endTunnels(server)));
}

async function status(options: { json?: true }): Promise<void> {
  const current = await currentLab().status();
  console.log(options.json ? JSON.stringify(current, null, 2) : formatStatus(current));
}

async function down(): Promise<void> {
  const found = findLab();
  if (found && !found.holder.command.includes(KEEPER_FILE)) {
    const { pid, command } = found.holder;
    throw new LabError(
      `Cannot take the lab down: it belongs to pid ${pid} (${command}), which must end by itself`,
    );
  }
  if (found) {
    signalProcess(found.holder, "SIGTERM");
    const ended = () => stateOf(found.holder) === "ended";
    await until(ended, { deadlineMs: 30_000, what: `the keeper (pid ${found.holder.pid}) has ended` });
    console.log(`lab: run ${found.lab.run} is down`);
  } else {
    const cleared = await clearLeftovers();
    console.log(cleared.length > 0 ? `lab: cleared away ${cleared.join(" ")}` : "lab: none was up");
  }
}

function currentLab(): Lab {
  const found = findLab();
  if (!found) throw new LabError("Cannot reach the lab: none is up, wanted one from `npm run lab -- up`");
  return found.lab;
}

function parseNode(name: string): NodeName {
  const known = NODE_NAMES.find((candidate) => candidate === name);
  if (!known) throw new InvalidArgumentError(`no such node, wanted one of ${NODE_NAMES.join(" ")}`);
  return known;
}

function parseSignal(name: string): NodeJS.Signals {
  const full = name.startsWith("SIG") ? name : `SIG${name}`;
  if (!(full in constants.signals)) throw new InvalidArgumentError("no such signal");
  return full as NodeJS.Signals;
}
