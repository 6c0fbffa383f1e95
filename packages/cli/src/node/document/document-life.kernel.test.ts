/** Two directors' documents over a real nats-server, changed by operators at their command lines. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { dirname, join } from "node:path";
import { type Engine, startApiServer } from "@tandem/engine";
import type { Monitor } from "@tandem/health";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { healthyStatus } from "../../testing/fake-status.ts";
import { createFolder, runTandem } from "../../testing/run-tandem.ts";
import { openClusterLink } from "../cluster/cluster-link.ts";
import { loadNodeConfig } from "../config/node-config.ts";
import { createNodeService, type NodeParts } from "../node-service.ts";
import { openConfiguration } from "./configuration.ts";

let port = 0;
let server: ChildProcess | undefined;

async function startNats(directory: string): Promise<void> {
  const child = spawn("nats-server", ["-a", "127.0.0.1", "-p", `${port}`, "-js", "-sd", directory]);
  server = child;
  await new Promise<void>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`nats-server ended with ${code}`)));
    child.stderr.on("data", (log) => `${log}`.includes("Server is ready") && resolve());
  });
}

async function stopNats(): Promise<void> {
  if (!server || server.exitCode !== null) return;
  server.kill("SIGKILL");
  await once(server, "exit");
}

beforeAll(async () => {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  ({ port } = probe.address() as AddressInfo);
  probe.close();
});
afterAll(stopNats);

/** A director without packets: its document, its API, and a command line at its socket. */
async function startDirector(name: string, folder: string) {
  const keyFile = join(folder, "key");
  await writeFile(keyFile, "ab".repeat(32), { mode: 0o600 });
  const stateDir = join(folder, name);
  const cluster = { name: "prod", keyFile };
  const nats = { servers: [`127.0.0.1:${port}`] };
  const text = JSON.stringify({ name, interfaces: [{ name: "eth0" }], cluster, nats, stateDir });
  const config = loadNodeConfig(text, "node.yaml");
  const link = (await openClusterLink(config))!;
  const keeper = await openConfiguration(config, { onDocument: () => {} }, { link, log: {} as never });
  const engine = {
    get document() {
      return keeper.current();
    },
    ask: async (what: string) => (what === "rates" ? new Map() : []),
  } as unknown as Engine;
  const monitor = { snapshot: () => [] } as unknown as Monitor;
  const api = createNodeService({
    node: name,
    engine,
    keeper,
    monitor,
    measure: async () => () => 1500,
    status: async () => ({ ...healthyStatus, node: name }),
  } as unknown as NodeParts);
  const socketPath = join(stateDir, "api.sock");
  const onBug = (bug: unknown) => {
    throw bug;
  };
  const health = async () => ({ ok: true, why: "" });
  const server = await startApiServer({ socketPath, api, onBug, health });
  const stop = async () => {
    await server.stop();
    await keeper.close();
    await link.transport.close();
  };
  onTestFinished(stop);
  const run = (argv: string, setting = {}) => runTandem(socketPath, argv.split(" "), setting);
  return { keeper, run, stop };
}

const TEXT = `# ask Ann
version: 1
services:
  - protocol: tcp
    address: 192.0.2.1
    port: 80
    destinations:
      - {address: 10.0.0.1, weight: 5} # left rack
      - {address: 10.0.0.2, weight: 5}
`;

test("operators change a cluster's document on both directors, lose nothing, and go back, also after NATS lost everything", async () => {
  const folder = await createFolder();
  await startNats(join(folder, "nats-1"));
  const [a, b] = [await startDirector("lb1", folder), await startDirector("lb2", folder)];
  const sees = (director: typeof a, revision: number) =>
    expect.poll(() => director.keeper.current().revision, { timeout: 20_000 }).toBe(revision);

  expect((await a.run("apply -f d.yaml --reason begin", { files: { "d.yaml": TEXT } })).out).toContain(
    "Revision 1:",
  );
  await sees(b, 1);
  const set = await b.run("set 10.0.0.2 weight=7");
  expect(set.out).toBe(
    "Revision 2: 1 change\n  ~ tcp 192.0.2.1:80 -> 10.0.0.2:80: weight 5 → 7 (no connections)\n",
  );
  await sees(a, 2);

  // while one operator edits, the other is faster
  const weights = () => a.keeper.current().services[0]!.destinations.map(({ weight }) => weight);
  const opened: string[] = [];
  const renamed = (text: string) => text.replace("left rack", "right rack");
  const lost = await a.run("edit", {
    async editor(text: string) {
      opened.push(text);
      await b.run("set 10.0.0.1 weight=9");
      await sees(a, 3);
      return renamed(text);
    },
  });
  expect(opened[0]).toContain(TEXT.replace("10.0.0.2, weight: 5", "10.0.0.2, weight: 7"));
  expect(lost.err).toMatch(
    /^Revision 3 by ops, .*\nSince revision 2: 1 change\n.* weight 5 → 9\nNothing is lost\./,
  );
  expect(lost.exitCode).toBe(1);
  const kept = /tandem edit --file (\S+document\.yaml)/.exec(lost.err)![1]!;
  onTestFinished(() => rm(dirname(kept), { recursive: true }));
  const { out } = await a.run(`edit --file ${kept}`, {
    editor: (text: string) => text.replace("weight: 5}", "weight: 9}"),
  });
  expect(a.keeper.text()).toContain("{address: 10.0.0.1, weight: 9} # right rack");
  expect(out).toContain("Revision 4:");
  await sees(b, 4);
  const stale = await b.run("apply -f d.yaml --revision 2", { files: { "d.yaml": TEXT } });
  expect(stale.err).toMatch(/^Revision 3 by ops, .*\nRevision 4 by ops, .*\nSince revision 2: 1 change\n/);
  expect(weights()).toEqual([9, 7]);

  const { out: backup } = await b.run("backup");
  expect((await b.run("rollback 1")).out).toContain("Revision 5: 2 changes");
  await sees(a, 5);
  expect(weights()).toEqual([5, 5]);
  expect((await a.run("export")).out).toBe(TEXT);
  const { revisions } = JSON.parse((await a.run("history --json")).out);
  expect(revisions.map((r: { revision: number; reason: string }) => [r.revision, r.reason])).toEqual([
    [5, "back to revision 1"],
    [4, ""],
    [3, ""],
    [2, ""],
    [1, "begin"],
  ]);

  // NATS goes: the disk answers, and says so; changes are refused
  await stopNats();
  await expect
    .poll(async () => (await a.run("history")).out, { timeout: 20_000 })
    .toContain("There may be more: this is what this node ran:");
  expect((await a.run("diff 1 2")).out).toContain("weight 5 → 7");
  expect((await a.run("rollback 2")).exitCode).toBe(1);

  // it comes back with nothing: what runs stays, the backup comes back, ids and all
  await startNats(join(folder, "nats-2"));
  await expect.poll(() => b.keeper.status().store.state, { timeout: 20_000 }).toBe("behind");
  const ids = JSON.stringify(b.keeper.current().services, (_, value) => value?.id ?? value);
  const restored = await b.run("restore b.json", { files: { "b.json": backup } });
  expect(restored.out).toContain("Revision 6: 2 changes");
  await sees(a, 6);
  expect(weights()).toEqual([9, 7]);
  expect(JSON.stringify(b.keeper.current().services, (_, value) => value?.id ?? value)).toBe(ids);
  expect((await a.run("history -n 3")).out).toMatch(/\* 6 .*\n.* 5 .*\n.* 4 /);
}, 90_000);
