import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Role } from "@tandem/engine";
import { expect, onTestFinished, test } from "vitest";
import { loadNodeConfig } from "../config/node-config.ts";
import type { VrrpRole } from "../vrrp/role.ts";
import type { RoleChange } from "../vrrp/role-book.ts";
import type { createVrrpSupervisor, VrrpSupervisor } from "../vrrp/supervisor.ts";
import { writeFlag } from "../vrrp/track-files.ts";
import { createSeatHolder, roleOf } from "./vrrp-seat.ts";

const GROUPS = ["web", "mail"] as const;

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), "tandem-seat-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

const configIn = (runtimeDir: string, groups: readonly string[]) =>
  loadNodeConfig(
    JSON.stringify({
      name: "lb1",
      interfaces: [{ name: "eth0" }],
      runtimeDir,
      stateDir: join(runtimeDir, "state"), // a reboot is a test's that takes away the rest
      ...(groups.length > 0 && {
        vrrp: {
          groups: groups.map((name, i) => ({
            name,
            interface: "eth0",
            routerId: 51 + i,
            addresses: [`192.0.2.${10 + i}/24`],
          })),
        },
      }),
    }),
    "node.yaml",
  );

/** A seat whose keepalived only writes down what it is told. */
function setUp(runtimeDir = directory(), groups: readonly string[] = GROUPS) {
  const told: string[] = [];
  const roles = new Map<string, VrrpRole>();
  let listener: (change: RoleChange) => void = () => {};
  let canForward = true;
  let isDiskFull = false;
  const supervise: typeof createVrrpSupervisor = ({ runtimeDir: path }) => {
    mkdirSync(path, { recursive: true });
    return {
      start: async () => void told.push("start"),
      stop: async ({ leaveRunning }) => void told.push(leaveRunning ? "leave it running" : "end it"),
      setReady(isReady) {
        if (isDiskFull) throw new Error("ENOSPC: no space left on device");
        told.push(isReady ? "ready" : "not ready");
      },
      setMaintenance(isOn) {
        writeFlag(join(path, "maintenance"), isOn); // as the real one does
        told.push(isOn ? "maintenance" : "no maintenance");
      },
      beat: () => told.push("beat"),
      role: (group) => roles.get(group) ?? "FAULT",
      onRole(next): ReturnType<VrrpSupervisor["onRole"]> {
        listener = next;
        return () => {};
      },
    };
  };
  const logged: string[] = [];
  const fields: object[] = [];
  const warned: string[] = [];
  const log = {
    info(about: object, text: string) {
      fields.push(about);
      logged.push(text);
    },
    warn: (_: object, text: string) => warned.push(text),
  };
  const config = configIn(runtimeDir, groups);
  const happened: unknown[] = [];
  const events = {
    onRole: (of: unknown) => void happened.push(of),
    onMaintenance: (isOn: boolean) => void happened.push(isOn),
  };
  const around = { log: log as never, canForward: async () => canForward, events, supervise };
  const seat = createSeatHolder(config, around);
  onTestFinished(() => seat.leave());
  return {
    seat,
    runtimeDir,
    told: () => told.splice(0),
    logged: () => logged.splice(0),
    fields,
    warned,
    happened,
    forward: (can: boolean) => (canForward = can),
    fillDisk: (isFull: boolean) => (isDiskFull = isFull),
    become(group: string, role: VrrpRole) {
      const previous = roles.get(group) ?? "FAULT";
      roles.set(group, role);
      listener({ group, role, previous, cause: `${group} is ${role}`, atMs: 42 });
    },
  };
}

const roles: [groups: VrrpRole[], role: Role][] = [
  [["MASTER"], "active"],
  [["BACKUP"], "standby"],
  [["FAULT"], "fault"],
  [["BACKUP", "MASTER"], "active"],
  [["FAULT", "MASTER"], "active"],
  [["BACKUP", "FAULT"], "fault"],
  [["BACKUP", "BACKUP"], "standby"],
];
for (const [groups, role] of roles)
  test(`a node whose groups are ${groups.join(" and ")} is ${role}`, () => expect(roleOf(groups)).toBe(role));

test("a node without VRRP stands alone, beats for nobody and is ready once it says so", async () => {
  const { seat, told } = setUp(directory(), []);
  expect(seat.seat()).toMatchObject({ role: "standalone", cause: "no VRRP is configured" });
  expect(seat.readiness()).toEqual({ ok: false, why: "not in sync with the peers yet" });
  seat.setReady(true);
  await seat.take();
  expect(seat.readiness()).toEqual({ ok: true, why: "ready" });
  expect([told(), seat.addresses, seat.isInMaintenance()]).toEqual([[], [], false]);
});

test("a seat is taken with a heartbeat first, then keepalived, then what was said of readiness", async () => {
  const { seat, told } = setUp();
  seat.setReady(true);
  expect(told()).toEqual([]);
  await seat.take();
  expect(told()).toEqual(["beat", "start", "ready"]);
  expect(seat.addresses).toEqual(["192.0.2.10/24", "192.0.2.11/24"]);
  seat.setReady(false);
  expect(told()).toEqual(["not ready"]);
  await seat.leave();
  expect(told()).toEqual(["leave it running"]);
});

test("a keepalived that is adopted keeps what it was told until readiness is known", async () => {
  const { seat, told } = setUp();
  await seat.take();
  expect(told()).toEqual(["beat", "start"]);
});

test("readiness that was lost before the seat was taken is told, too", async () => {
  const { seat, told } = setUp();
  seat.setReady(false);
  await seat.take();
  expect(told()).toEqual(["beat", "start", "not ready"]);
});

test("a node that cannot forward has no heartbeat", async () => {
  const { seat, told, forward } = setUp();
  forward(false);
  await seat.take();
  expect(told()).toEqual(["start"]);
});

test("the role of a node changes with its groups, with cause and time of the change that made it", () => {
  const { seat, become } = setUp();
  expect(seat.seat()).toMatchObject({ role: "fault", cause: "not started" });
  become("web", "BACKUP");
  expect(seat.seat()).toMatchObject({ role: "fault", cause: "not started" });
  become("mail", "BACKUP");
  expect(seat.seat()).toEqual({ role: "standby", cause: "mail is BACKUP", sinceMs: 42 });
  become("web", "MASTER");
  become("mail", "MASTER");
  expect(seat.seat()).toEqual({ role: "active", cause: "web is MASTER", sinceMs: 42 });
});

test("a node in maintenance stays ready: it serves rather than leave the addresses to a peer that is not", async () => {
  const { seat, told } = setUp();
  seat.setReady(true);
  await seat.take();
  told();
  seat.enterMaintenance({ toUnready: false });
  expect(told()).toEqual(["maintenance", "ready"]);
  expect(seat.readiness()).toEqual({ ok: false, why: "in maintenance" });
  seat.leaveMaintenance();
  expect(told()).toEqual(["no maintenance", "ready"]);
  expect(seat.readiness()).toEqual({ ok: true, why: "ready" });
});

test("a node that yields to unready peers is not ready itself, whatever replication says, until maintenance ends", async () => {
  const { seat, told } = setUp();
  seat.setReady(true);
  await seat.take();
  told();
  seat.enterMaintenance({ toUnready: true });
  expect(told()).toEqual(["maintenance", "not ready"]);
  seat.setReady(false);
  seat.setReady(true);
  expect(told()).toEqual(["not ready", "not ready"]);
  seat.leaveMaintenance();
  expect(told()).toEqual(["no maintenance", "ready"]);
});

/** What becomes of the runtime directory. */
const ends: Record<string, (runtimeDir: string) => void> = {
  "a restart of the daemon": () => {},
  "a reboot": (runtimeDir) => rmSync(join(runtimeDir, "vrrp"), { recursive: true }),
};
for (const [[end, act], toUnready] of Object.entries(ends).flatMap((e) => [
  [e, false] as const,
  [e, true] as const,
])) {
  test(`maintenance ${toUnready ? "that yields to unready peers " : ""}outlives ${end}, and keepalived hears of it before it starts`, async () => {
    const before = setUp();
    await before.seat.take();
    before.seat.enterMaintenance({ toUnready });
    await before.seat.leave();
    act(before.runtimeDir);
    const { seat, told } = setUp(before.runtimeDir);
    expect(told()).toEqual(end === "a reboot" ? ["maintenance"] : []);
    expect(seat.isInMaintenance()).toBe(true);
    seat.setReady(true);
    await seat.take();
    expect(told().at(-1)).toBe(toUnready ? "not ready" : "ready");
    seat.leaveMaintenance();
    expect(told().at(-1)).toBe("ready");
    const after = setUp(before.runtimeDir);
    expect(after.seat.isInMaintenance()).toBe(false);
  });
}

test("a node without VRRP remembers maintenance, too, and is not ready in it", async () => {
  const before = setUp(directory(), []);
  before.seat.enterMaintenance({ toUnready: false });
  const { seat } = setUp(before.runtimeDir, []);
  seat.setReady(true);
  expect(seat.readiness()).toEqual({ ok: false, why: "in maintenance" });
});

test("maintenance that cannot be remembered does not begin", () => {
  const { seat, told, happened, runtimeDir } = setUp();
  mkdirSync(join(runtimeDir, "state", "maintenance.json"), { recursive: true });
  expect(() => seat.enterMaintenance({ toUnready: false })).toThrow(/^Cannot reach the state directory/);
  expect([seat.isInMaintenance(), told(), happened]).toEqual([false, [], []]);
});

test("role and maintenance are told when they change, and only then", () => {
  const { seat, become, happened } = setUp();
  for (const group of GROUPS) become(group, "BACKUP");
  become("web", "MASTER");
  for (const on of [true, true, false])
    on ? seat.enterMaintenance({ toUnready: false }) : seat.leaveMaintenance();
  expect(happened).toEqual([
    { role: "standby", before: "fault", cause: "mail is BACKUP" },
    { role: "active", before: "standby", cause: "web is MASTER" },
    true,
    false,
  ]);
});

test("readiness that could not be written is told with a later heartbeat", async () => {
  const { seat, told, fillDisk } = setUp();
  seat.setReady(true);
  await seat.take();
  fillDisk(true);
  expect(() => seat.setReady(false)).not.toThrow();
  fillDisk(false);
  told();
  await expect.poll(told, { timeout: 5000 }).toContain("not ready");
});

test("a node says that it is ready to serve once it is in sync and can forward, and when that changes", async () => {
  const { seat, logged, forward } = setUp(directory(), []);
  const becomes = (text: string) => expect.poll(logged, { timeout: 5000 }).toEqual([text]);
  forward(false);
  seat.setReady(true);
  expect(logged()).toEqual([]); // nobody has looked whether it can
  await seat.take();
  expect(logged()).toEqual(["not ready to serve"]);
  forward(true);
  await becomes("ready to serve");
  forward(false);
  await becomes("not ready to serve");
  seat.setReady(false);
  expect(logged()).toEqual([]);
  forward(true);
  seat.setReady(true);
  await becomes("ready to serve");
  seat.setReady(true);
  seat.setReady(false);
  expect(logged()).toEqual(["not ready to serve"]);
});

test("what keeps a node from being ready is in the line that says so", async () => {
  const { seat, logged, fields, forward } = setUp(directory(), []);
  forward(false);
  seat.setReady(true);
  await seat.take();
  expect([logged(), fields]).toEqual([["not ready to serve"], [{ isInSync: true, canForward: false }]]);
});

test("a node that can forward says nothing of being ready before it knows", async () => {
  const { seat, logged } = setUp();
  await seat.take();
  expect(logged()).toEqual([]);
  seat.setReady(false);
  expect(logged()).toEqual(["not ready to serve"]);
});

test("a node whose maintenance file is damaged stays as keepalived was told last, and says so", () => {
  const { seat, runtimeDir } = setUp();
  seat.enterMaintenance({ toUnready: false });
  writeFileSync(join(runtimeDir, "state", "maintenance.json"), "");
  const again = setUp(runtimeDir);
  expect(again.seat.isInMaintenance()).toBe(true);
  expect(again.warned).toEqual([expect.stringContaining("cannot read whether this node is in maintenance")]);
});
