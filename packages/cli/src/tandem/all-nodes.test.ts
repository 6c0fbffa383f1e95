import type { ConnectionFilter, ServiceStatus } from "@tandem/engine/client";
import { expect, test } from "vitest";
import { createEventLog } from "../node/events/event-log.ts";
import { startFakeCluster } from "../testing/fake-cluster.ts";
import { fakeConnection } from "../testing/fake-connections.ts";
import { fakeServices } from "../testing/fake-services.ts";
import { runTandem } from "../testing/run-tandem.ts";

/** A director that owns what its name says, of the same connections as every other. */
const owning = () => ({
  async *connections({ owner, limit = 1000 }: ConnectionFilter) {
    const rows = Array.from({ length: 8 }, (_, n) => fakeConnection(n));
    yield* rows.filter((row) => (owner ?? row.owner) === row.owner).slice(0, limit);
  },
});

test("--node lets another director answer", async () => {
  const socket = await startFakeCluster({ lb1: {}, lb2: {} });
  const nodeOf = async (...argv: string[]) =>
    (JSON.parse((await runTandem(socket, [...argv, "--json", "status"])).out) as { node: string }).node;
  expect(await nodeOf()).toBe("lb1");
  expect(await nodeOf("--node", "lb2")).toBe("lb2");
  expect(await nodeOf("--node", "lb1")).toBe("lb1");
});

test("--node refuses a director that nobody knows, with those that are known, and a name that is none", async () => {
  const socket = await startFakeCluster({ lb1: {}, lb2: {}, lb3: {} });
  const unknown = await runTandem(socket, ["--node", "lb9", "services"]);
  expect(unknown).toMatchObject({ exitCode: 2, out: "" });
  expect(unknown.err).toContain('is "lb9", wanted one of lb1, lb2, lb3');
  const nonsense = await runTandem(socket, ["--node", "ä\n", "services"]);
  expect(nonsense).toMatchObject({ exitCode: 2, out: "" });
  expect(nonsense.err).toContain("wanted 1 to 32 letters, digits, - and _");
});

test("--node says so when that director does not answer", async () => {
  const socket = await startFakeCluster({ lb1: {}, lb2: "silent" });
  const { exitCode, err } = await runTandem(socket, ["--node", "lb2", "services"]);
  expect(exitCode).toBe(1);
  expect(err).toBe('error: Cannot reach node "lb2": it does not answer\n');
});

test("services of all nodes are added up, and told of each", async () => {
  const socket = await startFakeCluster({ lb1: {}, lb2: {} });
  const { services, nodes } = JSON.parse(
    (await runTandem(socket, ["--json", "services", "--all-nodes"])).out,
  ) as { services: ServiceStatus[]; nodes: { node: string; services: ServiceStatus[] }[] };
  expect(services[0]!.traffic.inPackets).toBe(2 * fakeServices[0]!.traffic.inPackets);
  expect(nodes.map(({ node }) => node)).toEqual(["lb1", "lb2"]);
  expect(nodes[1]!.services).toEqual(fakeServices);
  const { out, exitCode } = await runTandem(socket, ["services", "--all-nodes"]);
  expect(exitCode).toBe(0);
  expect(out).toMatch(/^NODE +SERVICE +ACTIVE/m);
  expect(out).toMatch(/^lb1 +tcp 192.0.2.10:80 +/m);
  expect(out).toMatch(/^lb2 +tcp 192.0.2.10:80 +/m);
});

test("a node that does not answer is told of; the others are listed, and the exit code is 1", async () => {
  const socket = await startFakeCluster({ lb1: {}, lb2: "silent" });
  const { out, err, exitCode } = await runTandem(socket, ["--json", "services", "--all-nodes"]);
  expect(exitCode).toBe(1);
  expect(err).toBe('Cannot reach node "lb2": it does not answer\n');
  expect(JSON.parse(out)).toMatchObject({
    services: fakeServices,
    nodes: [{ node: "lb1" }, { node: "lb2", error: { code: "unavailable" } }],
  });
});

test("without NATS the daemon at hand answers for itself, and says so in one line", async () => {
  const socket = await startFakeCluster({ lb1: owning(), lb2: "silent" }, { nats: "disconnected" });
  for (const command of ["services", "connections"]) {
    const { out, err } = await runTandem(socket, [command, "--all-nodes"]);
    expect(err).toBe('NATS cannot be reached: "lb1" answers for itself alone\n');
    expect(out).toContain("192.0.2.10:80");
  }
});

test("each connection of the cluster is listed once, as its owner tells it", async () => {
  const socket = await startFakeCluster({ lb1: owning(), lb2: owning() });
  const { out, exitCode } = await runTandem(socket, ["--json", "connections", "--all-nodes"]);
  const { connections, more } = JSON.parse(out) as { connections: { client: string }[]; more: boolean };
  expect(connections.length).toBe(8);
  expect(new Set(connections.map((c) => c.client)).size).toBe(8);
  expect({ exitCode, more }).toEqual({ exitCode: 0, more: false });
  const few = JSON.parse(
    (await runTandem(socket, ["--json", "connections", "--all-nodes", "-n", "3"])).out,
  ) as unknown;
  expect(few).toMatchObject({ more: true, connections: { length: 3 } });
});

test("of all nodes' connections those of one owner are listed, if that is what is wanted", async () => {
  const socket = await startFakeCluster({ lb1: owning(), lb2: owning() });
  const { out } = await runTandem(socket, ["--json", "connections", "--all-nodes", "--owner", "lb2"]);
  const owners = (JSON.parse(out) as { connections: { owner: string }[] }).connections.map((c) => c.owner);
  expect(owners).toEqual(["lb2", "lb2"]);
});

/** A director to which things happen at these times. */
const happening = (node: string, times: readonly number[]) => ({
  async *events() {
    for (const timeMs of times)
      yield {
        ...({ token: `${node}-${timeMs}`, timeMs, node, kind: "role", severity: "info" } as const),
        ...{ subject: node, text: `at ${timeMs}`, details: {} },
      };
  },
});

test("events of all nodes are in one order, the latest of them all", async () => {
  const socket = await startFakeCluster({
    lb1: happening("lb1", [1000, 4000]),
    lb2: happening("lb2", [2000, 3000, 5000]),
  });
  const { out, exitCode } = await runTandem(socket, ["--json", "events", "--all-nodes", "-n", "4"]);
  const { events } = JSON.parse(out) as { events: { node: string; timeMs: number }[] };
  expect(events.map((e) => `${e.node} ${e.timeMs}`)).toEqual([
    "lb2 2000",
    "lb2 3000",
    "lb1 4000",
    "lb2 5000",
  ]);
  expect(exitCode).toBe(0);
});

test("a watch of all nodes shows what happens on each, and leaves out who does not answer", async () => {
  const log = (node: string) => {
    const events = createEventLog({ node, epoch: "a1", now: () => 0 });
    for (const text of ["start", "next"])
      events.tell({ kind: "health", severity: "info", subject: "", text, details: {} });
    return { events: events.watch };
  };
  const socket = await startFakeCluster({ lb1: log("lb1"), lb2: log("lb2"), lb3: "silent" });
  const watching = ["watch", "-o", "json", "--all-nodes", "-n", "2", "-c", "4"];
  const { out, err, exitCode } = await runTandem(socket, watching);
  const seen = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { node: string; text: string });
  expect(seen.map(({ node, text }) => `${node} ${text}`).sort()).toEqual([
    ...["lb1 next", "lb1 start", "lb2 next", "lb2 start"],
  ]);
  expect(err).toBe('Cannot reach node "lb3": it does not answer\n');
  expect(exitCode).toBe(0);
});

test("a watch of all nodes takes no token, which is a place in the stream of one", async () => {
  const socket = await startFakeCluster({ lb1: {}, lb2: {} });
  const { exitCode, err } = await runTandem(socket, ["watch", "--all-nodes", "--resume", "a1-2"]);
  expect(exitCode).toBe(2);
  expect(err).toContain("wanted no token with --all-nodes");
});

test("what a silent node owns is told from the replicas", async () => {
  const socket = await startFakeCluster({ lb1: owning(), lb2: "silent" });
  const { out, err, exitCode } = await runTandem(socket, ["--json", "connections", "--all-nodes"]);
  expect((JSON.parse(out) as { connections: unknown[] }).connections.length).toBe(8);
  expect(err).toBe('Cannot reach node "lb2": it does not answer\n');
  expect(exitCode).toBe(1);
});
