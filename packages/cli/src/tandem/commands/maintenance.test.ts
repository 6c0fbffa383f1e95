import type { NodeStatus } from "@tandem/engine";
import { expect, test } from "vitest";
import { healthyStatus } from "../../testing/fake-status.ts";
import { runTandem, startFakeDaemon } from "../../testing/run-tandem.ts";

const [peer] = healthyStatus.peers;
const standby: Partial<NodeStatus> = {
  role: "standby",
  peers: [{ ...peer!, role: "active" }],
};

/** A node that becomes what is given when its maintenance is set. */
async function run(line: string, then: Partial<NodeStatus>, before: Partial<NodeStatus> = {}) {
  const asked: unknown[] = [];
  let status: NodeStatus = { ...healthyStatus, ...before };
  const socket = await startFakeDaemon({
    status: async () => status,
    async setMaintenance(request) {
      asked.push(request);
      const changed = status.maintenance !== request.on;
      status = { ...status, maintenance: request.on, ...then };
      return { changed };
    },
  });
  return { ...(await runTandem(socket, line.split(" "))), asked };
}

test("maintenance on says who is active then", async () => {
  const { out, asked, exitCode } = await run("maintenance on", standby);
  expect(out).toBe(
    "lb1 is in maintenance.\nIt is standby, lb2 is active. It takes the addresses only if nobody else can.\n",
  );
  expect([asked, exitCode]).toEqual([[{ on: true, author: "ops" }], 0]);
});

test("maintenance off puts it back", async () => {
  const { out, asked } = await run("maintenance off", {}, { ...standby, maintenance: true });
  expect(out).toBe("lb1 is not in maintenance.\n");
  expect(asked).toEqual([{ on: false, author: "ops" }]);
});

test("maintenance that was there already is said to be so", async () => {
  expect((await run("maintenance off", {})).out).toBe("lb1 is not in maintenance already.\n");
  expect((await run("maintenance on", {}, { ...standby, maintenance: true })).out).toMatch(
    /^lb1 is in maintenance already\.\n/,
  );
});

test("maintenance of a node that nobody can take over from says that it stays active", async () => {
  const { out } = await run("maintenance on", { peers: [{ ...peer!, state: "loading" }] });
  expect(out).toContain("It is active all the same: no peer is in sync with it.");
});

test("maintenance of an active node without NATS warns that a peer may take over without the newest connections", async () => {
  const { out } = await run("maintenance on", { nats: "disconnected", peers: [{ ...peer!, state: "lost" }] });
  expect(out).toContain("a peer that hears nobody either takes over, without the connections since");
});

test("maintenance of a node that stands alone says what it means there", async () => {
  const { out } = await run("maintenance on", { role: "standalone", peers: [] });
  expect(out).toContain("It stands alone: it goes on serving, and says that it is not ready");
});

test("maintenance without a word only asks", async () => {
  const { out, asked } = await run("maintenance --json", {});
  expect(JSON.parse(out)).toEqual({ node: "lb1", maintenance: false, changed: false, role: "active" });
  expect(asked).toEqual([]);
});

test("maintenance takes no other word", async () => {
  expect(await run("maintenance maybe", {})).toMatchObject({ exitCode: 2, asked: [] });
});
