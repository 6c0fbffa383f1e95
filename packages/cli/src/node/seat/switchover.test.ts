import type { NodeStatus, PeerStatus, Role } from "@tandem/engine";
import { LbError } from "@tandem/model";
import { expect, test } from "vitest";
import { createSwitchover, planSwitchover } from "./switchover.ts";

const peer = (change: Partial<PeerStatus> = {}): PeerStatus => ({
  node: "lb2",
  state: "live",
  role: "standby",
  revision: 1,
  connections: 0,
  held: 0,
  lastSeenMsAgo: 0,
  differing: 0,
  maintenance: false,
  ...change,
});
const status = (change: Partial<NodeStatus> = {}): NodeStatus => ({
  node: "lb1",
  version: "0.1.0",
  role: "active",
  roleCause: "elected",
  roleSinceMs: 0,
  revision: 1,
  sync: "live",
  connections: 0,
  capacity: 1,
  forwarding: true,
  peers: [peer()],
  nats: "connected",
  maintenance: false,
  virtualAddresses: [],
  alarms: [],
  packets: {},
  ...change,
});

/** A node whose peer takes the addresses after so many looks; everything that is done is written down. */
function setUp(options: { status?: NodeStatus; looks?: number; isFlushed?: boolean } = {}) {
  const { looks = 2, isFlushed = true } = options;
  const done: string[] = [];
  let role: Role = "active";
  let waitedMs = 0;
  let left = looks;
  const switchover = createSwitchover({
    status: async () => options.status ?? status(),
    enterMaintenance: ({ toUnready }) =>
      void done.push(toUnready ? "maintenance, to unready" : "maintenance"),
    leaveMaintenance: () => void done.push("no maintenance"),
    async flush() {
      done.push("flush");
      return isFlushed;
    },
    role: () => role,
    async sleep(ms) {
      waitedMs += ms;
      if (--left === 0) role = "standby";
    },
  });
  return { switchover, done, waitedMs: () => waitedMs };
}

test("the active node hands its connections over, then the addresses", async () => {
  const { switchover, done } = setUp();
  const { from, to, steps } = await switchover.run({ dryRun: false, force: false });
  expect([from, to]).toEqual(["lb1", "lb2"]);
  expect(done).toEqual(["flush", "maintenance"]);
  expect(steps).toEqual([
    "every peer has every connection",
    "entered maintenance: priority lowered",
    "the peer holds the virtual addresses",
    "this node goes on forwarding what still reaches it",
  ]);
});

test("a peer that does not confirm in time is told, and does not stop a switchover", async () => {
  const { switchover } = setUp({ isFlushed: false });
  const { steps } = await switchover.run({ dryRun: false, force: false });
  expect(steps[0]).toBe("not every peer confirmed within 2 s");
});

test("a dry run says what would happen and does nothing", async () => {
  const { switchover, done } = setUp();
  const plan = await switchover.run({ dryRun: true, force: false });
  expect(Object.keys(plan).toSorted()).toEqual(["from", "steps", "to"]);
  expect(plan).toMatchObject({ from: "lb1", to: "lb2" });
  expect(plan.steps).toHaveLength(4);
  expect(done).toEqual([]);
});

test("a switchover that nobody takes up ends maintenance after five seconds", async () => {
  const { switchover, done, waitedMs } = setUp({ looks: Number.POSITIVE_INFINITY });
  const run = switchover.run({ dryRun: false, force: false });
  await expect(run).rejects.toThrow(
    "Cannot switch over: no peer took the addresses within 5 s, wanted a peer that can serve",
  );
  expect(done).toEqual(["flush", "maintenance", "no maintenance"]);
  expect(waitedMs()).toBeGreaterThanOrEqual(5000);
  expect(waitedMs()).toBeLessThan(5100);
});

const unready: [what: string, peers: PeerStatus[]][] = [
  ["no peer", []],
  ["a lost peer", [peer({ state: "lost" })]],
  ["a peer that is loading", [peer({ state: "loading" })]],
  ["a live peer that cannot forward", [peer({ role: "fault" })]],
];
for (const [what, peers] of unready) {
  test(`a switchover to ${what} is refused, and by force gives the addresses to whoever can forward`, async () => {
    const { switchover, done } = setUp({ status: status({ peers }) });
    const refused = switchover.run({ dryRun: false, force: false });
    await expect(refused).rejects.toThrow(
      "Cannot switch over: no standby peer is in sync with this node, wanted one, or `tandem switchover --force` to lose what it does not know",
    );
    expect(done).toEqual([]);
    expect(await switchover.run({ dryRun: false, force: true })).toMatchObject({ to: "whoever answers" });
    expect(done).toEqual(["flush", "maintenance, to unready"]);
  });
}

test("a switchover to a peer in maintenance is refused, and by force it serves all the same", async () => {
  const { switchover, done } = setUp({ status: status({ peers: [peer({ maintenance: true })] }) });
  await expect(switchover.run({ dryRun: false, force: false })).rejects.toThrow(
    'Cannot switch over: peer "lb2", which is in sync, is in maintenance, wanted one in service (`tandem maintenance off` there), or `tandem switchover --force`',
  );
  expect(done).toEqual([]);
  expect(await switchover.run({ dryRun: false, force: true })).toMatchObject({ to: "lb2" });
  expect(done).toEqual(["flush", "maintenance, to unready"]);
});

test("a switchover prefers a peer in service to one in maintenance", async () => {
  const peers = [peer({ maintenance: true }), peer({ node: "lb3" })];
  const { switchover, done } = setUp({ status: status({ peers }) });
  expect(await switchover.run({ dryRun: false, force: false })).toMatchObject({ to: "lb3" });
  expect(done).toEqual(["flush", "maintenance"]);
});

test("force makes no difference where a peer is in sync", async () => {
  const peers = [peer({ node: "lb3", state: "joining" }), peer()];
  const { switchover, done } = setUp({ status: status({ peers }) });
  expect(await switchover.run({ dryRun: false, force: true })).toMatchObject({ to: "lb2" });
  expect(done).toEqual(["flush", "maintenance"]);
});

for (const role of ["standby", "fault", "standalone"] as const) {
  test(`a node that is ${role} has nothing to hand over, by force neither`, () => {
    for (const force of [false, true]) {
      expect(() => planSwitchover(status({ role }), force)).toThrow(
        new LbError({
          code: "refused",
          doing: "switch over",
          why: `this node is ${role}`,
          want: "the active node (see `tandem status`)",
        }),
      );
    }
  });
}

for (const role of ["standby", "active", "fault"] as const) {
  test(`a node in maintenance that is ${role} takes part again`, async () => {
    const { switchover, done } = setUp({ status: status({ maintenance: true, role, peers: [] }) });
    const result = await switchover.run({ dryRun: false, force: false });
    expect(result).toEqual({
      from: "maintenance",
      to: "lb1",
      steps: ["left maintenance: VRRP decides by priority"],
    });
    expect(done).toEqual(["no maintenance"]);
  });
}
