/** Two real keepalived daemons under two supervisors, in network namespaces of their own. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type DirectorVrrpSpec,
  directorVrrpConfig,
  emitKeepalivedConf,
  expectedOwner,
  type Standing,
} from "keepalived-config";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runtimePaths } from "../../packages/cli/src/node/vrrp/paths.ts";
import type { RoleChange } from "../../packages/cli/src/node/vrrp/role-book.ts";
import { type Lock, takeLock } from "../lab/lock.ts";
import { until } from "../lab/until.ts";
import type { Orders } from "./vrrp-director.ts";

const PREFIX = `tdmvrrp${process.pid}`;
const VIP = "192.0.2.100";
const VIP6 = "2001:db8::100";
const GATEWAY = "10.0.0.254";
/** A takeover by preemption takes the down timer, 6.4 × 20 ms, and some scheduling. */
const SETTLE_MS = 300;

interface Director {
  readonly name: string;
  readonly namespace: string;
  readonly runtimeDir: string;
  readonly spec: DirectorVrrpSpec;
  child: ChildProcess;
  readonly changes: RoleChange[];
  readonly errors: string[];
}

const workDir = mkdtempSync(join(tmpdir(), "tandem-vrrp-"));
const namespaces: string[] = [];
let lock: Lock;
let a: Director;
let b: Director;

const ip = (...args: string[]): string => execFileSync("ip", args, { encoding: "utf8" });

function addNamespace(name: string): string {
  const namespace = `${PREFIX}-${name}`;
  ip("netns", "add", namespace);
  namespaces.push(namespace);
  ip("-n", namespace, "link", "set", "lo", "up");
  return namespace;
}

/** The namespace goes, and whoever still runs in it: directors that did not end, keepalived of a test run that was killed. */
function removeNamespace(namespace: string): void {
  for (const pid of ip("netns", "pids", namespace).split("\n").filter(Boolean))
    process.kill(Number(pid), "SIGKILL");
  ip("netns", "delete", namespace);
}

/** A host on both networks: eth0 outside, eth1 inside. */
function addHost(name: string, number: number): string {
  const namespace = addNamespace(name);
  for (const [device, bridge, address] of [
    ["eth0", "outside", `192.0.2.${number}/24`],
    ["eth1", "inside", `10.0.0.${number}/24`],
  ] as const) {
    const far = `${device}-${name}`;
    ip("-n", `${PREFIX}-sw`, "link", "add", far, "type", "veth", "peer", "name", device, "netns", namespace);
    ip("-n", `${PREFIX}-sw`, "link", "set", far, "master", bridge, "up");
    ip("-n", namespace, "address", "add", address, "dev", device);
    ip("-n", namespace, "link", "set", device, "up");
  }
  return namespace;
}

const specOf = (name: string, basePriority: number, peer: string): DirectorVrrpSpec => ({
  node: name,
  peers: [peer],
  groups: [
    {
      name: "web",
      interface: "eth0",
      virtualRouterId: 51,
      basePriority,
      addresses: [{ address: VIP }, { address: VIP6 }, { address: GATEWAY, interface: "eth1" }],
    },
  ],
});

/** Start a director's program; resolves when it supervises. */
async function launch(d: Omit<Director, "child">): Promise<Director> {
  const program = join(import.meta.dirname, "vrrp-director.ts");
  const args = [process.execPath, program, d.runtimeDir, JSON.stringify(d.spec)];
  const child = spawn("nsenter", [`--net=/run/netns/${d.namespace}`, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const started = new Promise<void>((resolve, reject) => {
    child.once("exit", () => reject(new Error(`director ${d.name} ended`)));
    createInterface({ input: child.stdout! }).on("line", (line) => {
      const said = JSON.parse(line) as { started?: true; change?: RoleChange; error?: string };
      if (said.change) d.changes.push(said.change);
      if (said.error) d.errors.push(said.error);
      if (said.started) resolve();
    });
  });
  await started;
  const director = { ...d, child };
  order(director, { isBeating: true });
  return director;
}

const addDirector = (name: string, options: { number: number; basePriority: number; peer: string }) =>
  launch({
    name,
    namespace: addHost(name, options.number),
    runtimeDir: join(workDir, name),
    spec: specOf(name, options.basePriority, options.peer),
    changes: [],
    errors: [],
  });

const order = (d: Director, orders: Orders) => d.child.stdin!.write(`${JSON.stringify(orders)}\n`);
const exitOf = (d: Director) =>
  d.child.exitCode !== null || d.child.signalCode !== null
    ? Promise.resolve()
    : new Promise<void>((resolve) => d.child.once("exit", () => resolve()));

const holds = (d: Director, address: string): boolean =>
  ip("-n", d.namespace, "-oneline", "address", "show").includes(` ${address}/`);
/** Names of the directors that hold all the group's addresses, or what is wrong. */
function owner(): string {
  const holders = [VIP, VIP6, GATEWAY].map(
    (address) =>
      [a, b]
        .filter((d) => holds(d, address))
        .map((d) => d.name)
        .join("+") || "none",
  );
  return new Set(holders).size === 1 ? holders[0]! : `apart: ${holders}`;
}
const believes = (d: Director, isOwner: boolean) => (d.changes.at(-1)?.role === "MASTER") === isOwner;
/** The addresses are where they should be, and both directors know it. */
const ownedBy = (name: string, deadlineMs = 5000) =>
  until(() => owner() === name && [a, b].every((d) => believes(d, d.name === name)), {
    deadlineMs,
    what: `"${name}" owns the addresses alone`,
  });

const pidIn = (file: string) => Number.parseInt(readFileSync(file, "utf8"), 10);
const keepalivedPids = (d: Director): [main: number, vrrp: number] => {
  const paths = runtimePaths(d.runtimeDir);
  return [pidIn(paths.mainPid), pidIn(paths.vrrpPid)];
};
/** Both processes at once: neither may tidy up after the other, nor start it again. */
function killKeepalived(d: Director): void {
  const [main, vrrp] = keepalivedPids(d);
  process.kill(main, "SIGSTOP");
  for (const pid of [vrrp, main]) process.kill(pid, "SIGKILL");
}

/** Both ready, both well, A preferred. */
async function settle(): Promise<void> {
  for (const d of [a, b]) order(d, { isReady: true, isInMaintenance: false, isBeating: true });
  await ownedBy("a", 10_000);
}

beforeAll(async () => {
  lock = await takeLock("test/cluster/vrrp.test.ts");
  // With the lock in hand, namespaces of this kind are nobody's.
  for (const stale of ip("netns", "list").match(/^tdmvrrp\S+/gm) ?? []) removeNamespace(stale);
  const bridges = addNamespace("sw");
  for (const bridge of ["outside", "inside"]) {
    ip("-n", bridges, "link", "add", bridge, "type", "bridge");
    ip("-n", bridges, "link", "set", bridge, "up");
  }
  a = await addDirector("a", { number: 11, basePriority: 100, peer: "192.0.2.12" });
  b = await addDirector("b", { number: 12, basePriority: 90, peer: "192.0.2.11" });
  await settle();
}, 900_000); // others may hold the lab for long

afterAll(async () => {
  const running = [a, b].filter((d) => d && d.child.exitCode === null && d.child.signalCode === null);
  for (const d of running) order(d, { stop: { leaveRunning: false } });
  await Promise.all(running.map(exitOf));
  for (const namespace of namespaces) removeNamespace(namespace);
  rmSync(workDir, { recursive: true });
  await lock.release();
});

const both = (d: Director, s: Standing) =>
  order(d, { isReady: s.isReady, isInMaintenance: s.isInMaintenance, isBeating: s.hasHeartbeat });
const flags = [false, true];
const combinations = flags.flatMap((heartA) =>
  flags.flatMap((heartB) =>
    flags.flatMap((readyA) =>
      flags.flatMap((maintenanceA) =>
        flags.flatMap((readyB) =>
          flags.map((maintenanceB): [Standing, Standing] => [
            { basePriority: 100, isReady: readyA, isInMaintenance: maintenanceA, hasHeartbeat: heartA },
            { basePriority: 90, isReady: readyB, isInMaintenance: maintenanceB, hasHeartbeat: heartB },
          ]),
        ),
      ),
    ),
  ),
);

test("keepalived elects whom the table says, for all 64 standings of two directors", async () => {
  const wrong: object[] = [];
  for (const [standingA, standingB] of combinations) {
    both(a, standingA);
    both(b, standingB);
    const expected = ["a", "b"][expectedOwner([standingA, standingB]) ?? 2] ?? "none";
    await sleep(SETTLE_MS); // an owner that stays must be seen to stay
    await ownedBy(expected).catch(() => wrong.push({ standingA, standingB, expected, owner: owner() }));
  }
  expect(combinations).toHaveLength(64);
  expect(wrong).toEqual([]);
});

test("addresses move when the owner dies with all its processes and links", async () => {
  await settle();
  const seen = b.changes.length;
  const killedAtMs = Date.now();
  a.child.kill("SIGKILL");
  killKeepalived(a);
  for (const link of ["eth0-a", "eth1-a"]) ip("-n", `${PREFIX}-sw`, "link", "set", link, "down");
  const takeover = await until(() => b.changes.slice(seen).find((c) => c.role === "MASTER"), {
    deadlineMs: 5000,
    what: "the standby is MASTER",
  });
  console.log(`failover: MASTER after ${takeover.atMs - killedAtMs} ms`);
  expect(takeover.atMs - killedAtMs).toBeLessThan(2000);
  expect(holds(b, VIP) && holds(b, GATEWAY)).toBe(true);
});

test("a director that returns clears what was left behind, and takes over only when it is ready", async () => {
  expect(holds(a, VIP)).toBe(true); // left behind by the kill
  await exitOf(a);
  for (const link of ["eth0-a", "eth1-a"]) ip("-n", `${PREFIX}-sw`, "link", "set", link, "up");
  const seen = b.changes.length;
  a = await launch(a);
  await ownedBy("b");
  await sleep(SETTLE_MS);
  expect(owner()).toBe("b");
  expect(b.changes.slice(seen)).toEqual([]); // not even for a moment
  order(a, { isReady: true });
  await ownedBy("a");
});

test("a restarted director adopts keepalived without a transition on either side", async () => {
  await settle();
  const before = { pids: keepalivedPids(a), changes: b.changes.length };
  a.child.kill("SIGKILL");
  await exitOf(a);
  a = await launch({ ...a, changes: [] });
  expect(a.changes).toMatchObject([
    { role: "MASTER", previous: "FAULT", cause: "holds the group's addresses, found at start" },
  ]);
  await sleep(SETTLE_MS);
  expect(keepalivedPids(a)).toEqual(before.pids);
  expect(b.changes.slice(before.changes)).toEqual([]);
  expect(owner()).toBe("a");
});

test("a director stopped for an upgrade leaves keepalived in office", async () => {
  await settle();
  const before = { pids: keepalivedPids(a), changes: b.changes.length };
  order(a, { stop: { leaveRunning: true } });
  await exitOf(a);
  await sleep(SETTLE_MS);
  expect(owner()).toBe("a");
  a = await launch(a);
  expect(keepalivedPids(a)).toEqual(before.pids);
  expect(b.changes.slice(before.changes)).toEqual([]);
});

test("a changed configuration is reloaded in office, and the other director follows later", async () => {
  await settle();
  const before = { pids: keepalivedPids(a), changes: b.changes.length };
  const [group] = a.spec.groups;
  const added = { address: "192.0.2.101" };
  a.child.kill("SIGKILL");
  await exitOf(a);
  a = await launch({
    ...a,
    spec: { ...a.spec, groups: [{ ...group!, addresses: [...group!.addresses, added] }] },
  });
  await until(() => holds(a, added.address), { deadlineMs: 5000, what: "the added address is there" });
  await sleep(SETTLE_MS);
  expect(keepalivedPids(a)).toEqual(before.pids);
  expect(b.changes.slice(before.changes)).toEqual([]);
  expect(owner()).toBe("a");
});

test("a keepalived killed outright loses its addresses and is started again, the second time later", async () => {
  for (const delayS of [0, 1]) {
    await settle();
    const seen = a.changes.length;
    const [mainPid] = keepalivedPids(a);
    rmSync(runtimePaths(a.runtimeDir).config); // what it is started with again must come from the director
    killKeepalived(a);
    const death = await until(() => a.changes.slice(seen).find((c) => c.role === "FAULT"), {
      deadlineMs: 5000,
      what: "the death is noticed",
    });
    expect(death.cause).toBe(`keepalived (pid ${mainPid}) died, starting again in ${delayS} s`);
    if (delayS > 0) {
      expect(holds(a, VIP) || holds(a, VIP6) || holds(a, GATEWAY)).toBe(false);
      await ownedBy("b");
    }
    await ownedBy("a", 10_000); // ready as before, so it is elected again
    expect(a.changes.at(-1)!.cause).toBe("elected with priority 200");
    expect(keepalivedPids(a)).not.toContain(mainPid);
  }
});

test("a director without heartbeats gives the addresses up after three to five seconds, and says why", async () => {
  await settle();
  const seen = a.changes.length;
  const stoppedAtMs = Date.now();
  order(a, { isBeating: false });
  await sleep(2500);
  expect(owner()).toBe("a"); // an upgrade takes this long
  await ownedBy("b");
  const change = a.changes.slice(seen).find((c) => c.role === "FAULT")!;
  expect(change.cause).toMatch(/^no heartbeat for \d+\.\d s$/);
  expect(change.atMs - stoppedAtMs).toBeLessThan(5000);
  order(a, { isBeating: true });
  await ownedBy("a");
});

test("a lost interface inside moves the addresses of both sides", async () => {
  await settle();
  const seen = a.changes.length;
  ip("-n", a.namespace, "link", "set", "eth1", "down");
  await ownedBy("b");
  ip("-n", a.namespace, "link", "set", "eth1", "up");
  await ownedBy("a");
  expect(a.changes[seen]).toMatchObject({ role: "FAULT", cause: "an interface of the group is down" });
});

test("an address poll corrects a role that nobody announced", async () => {
  await settle();
  const seen = b.changes.length;
  ip("-n", b.namespace, "address", "add", `${GATEWAY}/32`, "dev", "eth1");
  await until(() => b.changes.length > seen, { deadlineMs: 5000, what: "the foreign address is noticed" });
  expect(b.changes.at(-1)).toMatchObject({
    role: "MASTER",
    cause: "holds the group's addresses, found by two polls",
  });
  ip("-n", b.namespace, "address", "delete", `${GATEWAY}/32`, "dev", "eth1");
  await until(() => b.changes.at(-1)!.role === "BACKUP", {
    deadlineMs: 5000,
    what: "its removal is noticed",
  });
});

test("adverts of a stranger move nothing, and would without the allow-list", async () => {
  await settle();
  const stranger = addHost("x", 66);
  const [group] = a.spec.groups;
  const config = directorVrrpConfig(
    { ...a.spec, node: "stranger", groups: [{ ...group!, addresses: [{ address: VIP }] }] },
    runtimePaths(workDir),
  );
  const forged = {
    ...config,
    instances: config.instances.map((i) => ({ ...i, priority: 254, trackFiles: [], trackScripts: [] })),
  };
  const file = join(workDir, "stranger.conf");
  writeFileSync(file, emitKeepalivedConf(forged));
  const args = ["--vrrp", "--dont-fork", "-f", file, "-p", `${file}.pid`, "-r", `${file}.vrrp.pid`];
  const keepalived = spawn("nsenter", [`--net=/run/netns/${stranger}`, "keepalived", ...args], {
    stdio: "ignore",
  });
  await until(() => ip("-n", stranger, "address").includes(VIP), {
    deadlineMs: 5000,
    what: "the stranger is MASTER",
  });
  await sleep(SETTLE_MS);
  expect(owner()).toBe("a");
  execFileSync("ip", ["netns", "exec", a.namespace, "nft", "delete", "table", "inet", "tandem_vrrp_a"]);
  await until(() => a.changes.at(-1)!.role === "BACKUP", {
    deadlineMs: 5000,
    what: '"a" believes the stranger',
  });
  keepalived.kill();
  await new Promise((resolve) => keepalived.once("exit", resolve));
  await ownedBy("a", 10_000);
});

test("a director that is ended takes its addresses, its allow-list and keepalived with it", async () => {
  await settle();
  const pids = keepalivedPids(a);
  order(a, { stop: { leaveRunning: false } });
  await exitOf(a);
  expect(owner()).toBe("b");
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  const ruleset = execFileSync("ip", ["netns", "exec", a.namespace, "nft", "list", "ruleset"], {
    encoding: "utf8",
  });
  expect(ruleset).not.toContain("tandem_vrrp");
  expect([...a.errors, ...b.errors]).toEqual([]);
});
