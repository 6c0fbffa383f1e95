/** Two real keepalived daemons under two supervisors, in network namespaces of their own. */
import { execFileSync, spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { directorVrrpConfig, emitKeepalivedConf, expectedOwner, type Standing } from "keepalived-config";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runtimePaths } from "../../packages/cli/src/node/vrrp/paths.ts";
import { type Lock, takeLock } from "../lab/lock.ts";
import { until } from "../lab/until.ts";
import { createVrrpNetwork, ip, type VrrpNetwork } from "./support/vrrp-network.ts";
import {
  createVrrpPair,
  type Director,
  exitOf,
  GATEWAY,
  holds,
  keepalivedPids,
  killKeepalived,
  launch,
  order,
  VIP,
  VIP6,
  type VrrpPair,
} from "./support/vrrp-pair.ts";

/** A takeover by preemption takes the down timer, 6.4 × 20 ms, and some scheduling. */
const SETTLE_MS = 300;

let lock: Lock;
let network: VrrpNetwork;
let pair: VrrpPair;
let a: Director;
let b: Director;

beforeAll(async () => {
  lock = await takeLock("test/cluster/vrrp.test.ts");
  network = createVrrpNetwork();
  pair = createVrrpPair(network);
  ({ a, b } = pair);
  for (const d of [a, b]) await launch(d);
  await pair.settle();
}, 900_000); // others may hold the lab for long

afterAll(async () => {
  await pair?.close();
  network?.close();
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
    await pair
      .ownedBy(expected)
      .catch(() => wrong.push({ standingA, standingB, expected, owner: pair.owner() }));
  }
  expect(combinations).toHaveLength(64);
  expect(wrong).toEqual([]);
});

test("addresses move when the owner dies with all its processes and links", async () => {
  await pair.settle();
  const seen = b.changes.length;
  const killedAtMs = Date.now();
  a.child!.kill("SIGKILL");
  killKeepalived(a);
  network.setLinks("a", "down");
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
  network.setLinks("a", "up");
  const seen = b.changes.length;
  await launch(a);
  await pair.ownedBy("b");
  await sleep(SETTLE_MS);
  expect(pair.owner()).toBe("b");
  expect(b.changes.slice(seen)).toEqual([]); // not even for a moment
  order(a, { isReady: true });
  await pair.ownedBy("a");
});

test("a restarted director adopts keepalived without a transition on either side", async () => {
  await pair.settle();
  const before = { pids: keepalivedPids(a), changes: b.changes.length };
  a.child!.kill("SIGKILL");
  await exitOf(a);
  a.changes.length = 0;
  await launch(a);
  expect(a.changes).toMatchObject([
    { role: "MASTER", previous: "FAULT", cause: "holds the group's addresses, found at start" },
  ]);
  await sleep(SETTLE_MS);
  expect(keepalivedPids(a)).toEqual(before.pids);
  expect(b.changes.slice(before.changes)).toEqual([]);
  expect(pair.owner()).toBe("a");
});

test("a director stopped for an upgrade leaves keepalived in office", async () => {
  await pair.settle();
  const before = { pids: keepalivedPids(a), changes: b.changes.length };
  order(a, { stop: { leaveRunning: true } });
  await exitOf(a);
  await sleep(SETTLE_MS);
  expect(pair.owner()).toBe("a");
  await launch(a);
  expect(keepalivedPids(a)).toEqual(before.pids);
  expect(b.changes.slice(before.changes)).toEqual([]);
});

test("a changed configuration is reloaded in office, and the other director follows later", async () => {
  await pair.settle();
  const before = { pids: keepalivedPids(a), changes: b.changes.length };
  const [group] = a.spec.groups;
  const added = { address: "192.0.2.101" };
  a.child!.kill("SIGKILL");
  await exitOf(a);
  a.spec = { ...a.spec, groups: [{ ...group!, addresses: [...group!.addresses, added] }] };
  await launch(a);
  await until(() => holds(a, added.address), { deadlineMs: 5000, what: "the added address is there" });
  await sleep(SETTLE_MS);
  expect(keepalivedPids(a)).toEqual(before.pids);
  expect(b.changes.slice(before.changes)).toEqual([]);
  expect(pair.owner()).toBe("a");
});

test("a keepalived killed outright loses its addresses and is started again, the second time later", async () => {
  for (const delayS of [0, 1]) {
    await pair.settle();
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
      await pair.ownedBy("b");
    }
    await pair.ownedBy("a", 10_000); // ready as before, so it is elected again
    expect(a.changes.at(-1)!.cause).toBe("elected with priority 200");
    expect(keepalivedPids(a)).not.toContain(mainPid);
  }
});

test("a director without heartbeats gives the addresses up after three to five seconds, and says why", async () => {
  await pair.settle();
  const seen = a.changes.length;
  const stoppedAtMs = Date.now();
  order(a, { isBeating: false });
  await sleep(2500);
  expect(pair.owner()).toBe("a"); // an upgrade takes this long
  await pair.ownedBy("b");
  const change = a.changes.slice(seen).find((c) => c.role === "FAULT")!;
  expect(change.cause).toMatch(/^no heartbeat for \d+\.\d s$/);
  expect(change.atMs - stoppedAtMs).toBeLessThan(5000);
  order(a, { isBeating: true });
  await pair.ownedBy("a");
});

test("a lost interface inside moves the addresses of both sides", async () => {
  await pair.settle();
  const seen = a.changes.length;
  ip("-n", a.namespace, "link", "set", "eth1", "down");
  await pair.ownedBy("b");
  ip("-n", a.namespace, "link", "set", "eth1", "up");
  await pair.ownedBy("a");
  expect(a.changes[seen]).toMatchObject({ role: "FAULT", cause: "an interface of the group is down" });
});

test("an address poll corrects a role that nobody announced", async () => {
  await pair.settle();
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
  await pair.settle();
  const stranger = network.addHost("x", 66);
  const [group] = a.spec.groups;
  const config = directorVrrpConfig(
    { ...a.spec, node: "stranger", groups: [{ ...group!, addresses: [{ address: VIP }] }] },
    runtimePaths(pair.workDir),
  );
  const forged = {
    ...config,
    instances: config.instances.map((i) => ({ ...i, priority: 254, trackFiles: [], trackScripts: [] })),
  };
  const file = join(pair.workDir, "stranger.conf");
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
  expect(pair.owner()).toBe("a");
  execFileSync("ip", ["netns", "exec", a.namespace, "nft", "delete", "table", "inet", "tandem_vrrp_a"]);
  await until(() => a.changes.at(-1)!.role === "BACKUP", {
    deadlineMs: 5000,
    what: '"a" believes the stranger',
  });
  keepalived.kill();
  await new Promise((resolve) => keepalived.once("exit", resolve));
  await pair.ownedBy("a", 10_000);
});

test("a director that is ended takes its addresses, its allow-list and keepalived with it", async () => {
  await pair.settle();
  const pids = keepalivedPids(a);
  order(a, { stop: { leaveRunning: false } });
  await exitOf(a);
  expect(pair.owner()).toBe("b");
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  const ruleset = execFileSync("ip", ["netns", "exec", a.namespace, "nft", "list", "ruleset"], {
    encoding: "utf8",
  });
  expect(ruleset).not.toContain("tandem_vrrp");
  expect([...a.errors, ...b.errors]).toEqual([]);
});
