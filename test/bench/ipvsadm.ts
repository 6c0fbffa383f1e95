/**
 * What ipvsadm's command line costs against a real daemon with 1,000 services and 10,000 real servers: `npm run bench:ipvsadm`, as root. The daemon runs in network
 * and mount namespaces of its own, on the loopback alone, and nothing of it is left.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const BIN = join(import.meta.dirname, "../../packages/cli/bin");
const IPVSADM = join(BIN, "tandem-ipvsadm");
const SERVICES = 1_000;
const SERVERS_EACH = 10;
/** Times that a command is run. */
const RUNS = 20;
const START_DEADLINE_MS = 30_000;

const folder = mkdtempSync(join(tmpdir(), "tandem-bench-"));
const socketPath = join(folder, "run/api.sock");
const env = { ...process.env, TANDEM_SOCKET: socketPath };
const daemon = await startDaemon();
try {
  report("nothing configured: -Ln", "-Ln");
  reportRestore();
  report("help", "-h");
  report("one service: -Ln -t", "-Ln -t 10.1.0.1:80");
  report("all services: -Ln", "-Ln");
  report("all services: -Ln --stats", "-Ln --stats");
  report("save: -Sn", "-Sn");
  report("edit a server: -e", "-e -t 10.1.0.1:80 -r 192.168.0.1:80 -m -w $i");
  report("add a server: -a", "-a -t 10.1.0.1:80 -r 192.168.200.$i:80 -m");
  report("add a service: -A", "-A -t 10.200.0.$i:80");
  report("a refused edit: -A", "-A -t 10.1.0.1:80");
} finally {
  daemon.kill("SIGTERM");
  if (daemon.exitCode === null) await once(daemon, "exit");
  rmSync(folder, { recursive: true });
}

async function startDaemon(): Promise<ChildProcess> {
  const config = {
    name: "bench",
    interfaces: [{ name: "lo" }],
    document: join(folder, "document.json"),
    runtimeDir: join(folder, "run"),
    stateDir: join(folder, "state"),
    bpffsDir: join(folder, "bpf/tandem"),
    connections: { ipv4: 65_536, ipv6: 1_024 },
    logLevel: "error",
  };
  mkdirSync(join(folder, "bpf"));
  writeFileSync(config.document, '{"version": 1}');
  writeFileSync(join(folder, "node.json"), JSON.stringify(config));
  const script = `mount -t bpf bpf "$1/bpf" && ip link set lo up && exec "$2" run --config "$1/node.json"`;
  const argv = ["--net", "--mount", "sh", "-c", script, "sh", folder, join(BIN, "tandem")];
  const log = join(folder, "log");
  const started = spawn("unshare", argv, { stdio: ["ignore", "ignore", openSync(log, "w")] });
  const deadline = Date.now() + START_DEADLINE_MS;
  while (!existsSync(join(folder, "run/ipvsadm.sock"))) {
    if (started.exitCode !== null || Date.now() > deadline)
      throw new Error(`the daemon does not start: ${readFileSync(log, "utf8")}`);
    await sleep(50);
  }
  return started;
}

/** The mean of many runs, one after the other: what an operator's script waits for, and what it costs the machine. */
function report(what: string, args: string): void {
  const script = `i=1; while [ $i -le ${RUNS} ]; do "$1" ${args} > /dev/null 2>&1; i=$((i + 1)); done; times`;
  const startMs = performance.now();
  const times = execFileSync("sh", ["-c", script, "sh", IPVSADM], { env, encoding: "utf8" });
  const wallMs = (performance.now() - startMs) / RUNS;
  print(what, `${wallMs.toFixed(0)} ms`, `${(childrenCpuMs(times) / RUNS).toFixed(0)} ms CPU`);
}

/** `times` of sh(1): the second line is of its children, user and system. */
function childrenCpuMs(times: string): number {
  const spans = [...times.split("\n")[1]!.matchAll(/(\d+)m([\d.]+)s/g)];
  return spans.reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000,
    0,
  );
}

function reportRestore(): void {
  const input = Array.from({ length: SERVICES }, (_, s) => linesOf(s)).join("");
  const startMs = performance.now();
  const { status, stderr } = spawnSync(IPVSADM, ["-R"], { env, input, encoding: "utf8" });
  if (status !== 0) throw new Error(`-R: ${stderr}`);
  const wallMs = performance.now() - startMs;
  print(`-R of ${input.split("\n").length - 1} lines`, `${wallMs.toFixed(0)} ms`, "");
}

/** What `-S` would write of service number `s`. */
function linesOf(s: number): string {
  const vip = `10.${1 + Math.floor(s / 250)}.0.${1 + (s % 250)}:80`;
  const servers = Array.from(
    { length: SERVERS_EACH },
    (_, d) => `-a -t ${vip} -r 192.168.${s % 200}.${d + 1}:80 -m -w 1\n`,
  );
  return `-A -t ${vip} -s wlc\n${servers.join("")}`;
}

function print(...[what, wall, cpu]: readonly [string, string, string]): void {
  console.log(`${what.padEnd(28)} ${wall.padStart(9)} ${cpu.padStart(12)}`);
}
