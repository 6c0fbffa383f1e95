import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LbError } from "@tandem/model";
import { expect, test } from "vitest";
import type { Daemon } from "../../node/daemon.ts";
import { createFolder, emptyMachine, runTandem } from "../../testing/run-tandem.ts";
import type { Machine } from "../doctor/machine.ts";
import { type RunOptions, readRunConfig } from "./run.ts";

const ALONE = "interfaces: [{name: eth0, hook: xdp}]\nname: lb9\n";
const CLUSTER = `${ALONE}cluster: {name: c}\nnats: {servers: [n1:4222], replicas: 3}\n`;

async function fileWith(text: string): Promise<string> {
  const file = join(await createFolder(), "node.yaml");
  await writeFile(file, text);
  return file;
}

test("options say instead of the file what they say, and nothing else", async () => {
  const config = await fileWith(ALONE);
  expect(await readRunConfig({ config })).toMatchObject({ name: "lb9", logLevel: "info" });
  const typed = { config, node: "lb1", document: "/d.yaml", logLevel: "debug" } as const;
  expect(await readRunConfig(typed)).toMatchObject({
    name: "lb1",
    document: "/d.yaml",
    logLevel: "debug",
    interfaces: [{ name: "eth0", hook: "xdp" }],
  });
});

test("NATS servers on the command line replace the file's, and leave the rest of it", async () => {
  const config = await fileWith(CLUSTER);
  expect(await readRunConfig({ config, nats: ["a:1", "b:2"] })).toMatchObject({
    document: undefined,
    nats: { servers: ["a:1", "b:2"], replicas: 3 },
  });
});

test("an interface is enough to run without a file", async () => {
  expect(await readRunConfig({ interface: ["eth0", "eth1"], node: "lb1" })).toMatchObject({
    name: "lb1",
    interfaces: [
      { name: "eth0", hook: "tc" },
      { name: "eth1", hook: "tc" },
    ],
    document: "/etc/tandem/tandem.yaml",
  });
});

const misfits: { name: string; file?: string; options: RunOptions; says: string }[] = [
  { name: "a file that is not there", options: { config: "/nope" }, says: 'Cannot find file "/nope"' },
  { name: "a bad name", options: { interface: ["eth0"], node: "a b" }, says: "<command line>:1:9: name: " },
  {
    name: "a bad name beside a file",
    file: ALONE,
    options: { node: "a b" },
    says: "<command line>:1:9: name: ",
  },
  {
    name: "a file and an interface",
    file: ALONE,
    options: { interface: ["eth0"] },
    says: "Cannot run: --interface is given together with --config, wanted one of the two: a configuration names its interfaces itself",
  },
  {
    name: "NATS and an interface",
    options: { interface: ["eth0"], nats: ["a:1"] },
    says: "Cannot run: --interface is given together with --nats, wanted one of the two: a cluster wants a configuration, whose NATS servers --nats replaces",
  },
  {
    name: "NATS for a director on its own",
    file: ALONE,
    options: { nats: ["a:1"] },
    says: "Cannot run: --nats is for a director on its own, wanted cluster and nats in the configuration",
  },
  {
    name: "a document for a cluster",
    file: CLUSTER,
    options: { document: "/d.yaml" },
    says: "Cannot run: --document is for a cluster, wanted none: use `tandem apply`",
  },
];
for (const { name, file, options, says } of misfits) {
  test(`run is refused with ${name}`, async () => {
    const config = file === undefined ? options : { ...options, config: await fileWith(file) };
    await expect(readRunConfig(config)).rejects.toThrow(says);
  });
}

test("a mistake in a configuration is told as what keeps the daemon from starting", async () => {
  const config = await fileWith("interfaces: [{name: eth0}]\nname: a b\n");
  const { err, exitCode } = await runTandem("/nowhere.sock", ["run", "--config", config]);
  expect(err).toMatch(/:2:7: name: .*\nerror: 1 mistake in .*node.yaml: the daemon does not start\n$/);
  expect(exitCode).toBe(1);
});

/** A daemon that keeps what was asked of it. */
function createDaemon(failed: Promise<LbError> = new Promise(() => {})) {
  const events: string[] = [];
  const daemon: Daemon = {
    async start(config) {
      events.push(`start ${config.name}`);
      return { failed, stop: async () => void events.push("stop") };
    },
    async cleanUp(config) {
      return [`programs on ${config.interfaces.map((i) => i.name).join(", ")}`];
    },
  };
  return { events, daemon };
}
const RUN = ["run", "--interface", "eth0", "--node", "lb1"];

const messages = (log: string): string[] =>
  log
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).msg);

test("run goes on until a signal, then stops the node and exits 0", async () => {
  const { events, daemon } = createDaemon();
  const signal = Promise.withResolvers<string>();
  const ran = runTandem("/nowhere.sock", RUN, { daemon, signal: signal.promise });
  await expect.poll(() => events).toEqual(["start lb1"]);
  signal.resolve("SIGTERM");
  const { err, exitCode } = await ran;
  expect(exitCode).toBe(0);
  expect(messages(err)).toEqual(["running", "stopping; known flows go on", "stopped"]);
  expect(events).toEqual(["start lb1", "stop"]);
});

test("run stops the node and exits 1 when it cannot go on", async () => {
  const failure = new LbError({ code: "unavailable", what: "the forwarder", why: "it has ended" });
  const { events, daemon } = createDaemon(Promise.resolve(failure));
  const { err, exitCode } = await runTandem("/nowhere.sock", RUN, { daemon });
  expect(exitCode).toBe(1);
  expect(messages(err)).toEqual(["running", "Cannot reach the forwarder: it has ended", "stopped"]);
  expect(events).toEqual(["start lb1", "stop"]);
});

test("a machine that lacks something is told in one line, exit code 2", async () => {
  const missing = [{ name: "Linux", needs: "6.1", found: "5.10", fix: "upgrade" }];
  const start = () => Promise.reject(new LbError({ code: "unsupported", missing }));
  const daemon: Daemon = { ...createDaemon().daemon, start };
  const { err, exitCode } = await runTandem("/nowhere.sock", RUN, { daemon });
  expect(exitCode).toBe(2);
  expect(err).toBe("error: Cannot run here: Linux is 5.10, wanted 6.1; upgrade\n");
});

/** What /proc/net/dev says on a machine with these interfaces. */
function machineWith(...names: string[]): Machine {
  const head = "Inter-|   Receive         |  Transmit\n face |bytes    packets |bytes    packets";
  const lines = names.map((name) => `${name.padStart(6)}:  128  2  128  2`);
  const text = [head, ...lines].join("\n");
  return { ...emptyMachine, read: (path) => (path === "/proc/net/dev" ? text : undefined) };
}

test("run is refused on a typed interface that is not there, and says which are", async () => {
  const { events, daemon } = createDaemon();
  const machine = machineWith("lo", "eth0", "wg0.7", "br-lan");
  const argv = [...RUN, "--interface", "eth9", "--interface", "eth8"];
  expect(await runTandem("/nowhere.sock", argv, { daemon, machine })).toEqual({
    out: "",
    err: 'error: Cannot run: --interface is "eth9" and "eth8", which this machine lacks, wanted one of lo, eth0, wg0.7, br-lan\n',
    exitCode: 2,
  });
  expect(events).toEqual([]);
});

test("run is refused with a typed document that is not there; one that a configuration names is waited for", async () => {
  const { events, daemon } = createDaemon();
  const around = { daemon, signal: Promise.resolve("SIGTERM") };
  const missing = join(await createFolder(), "document.yaml");
  expect(await runTandem("/nowhere.sock", [...RUN, "--document", missing], around)).toMatchObject({
    err: `error: Cannot run: --document is "${missing}", which is not there, wanted a file\n`,
    exitCode: 2,
  });
  expect(events).toEqual([]);
  const named = await fileWith(`${ALONE}document: ${missing}\n`);
  expect(await runTandem("/nowhere.sock", ["run", "--config", named], around)).toMatchObject({ exitCode: 0 });
  await writeFile(missing, "version: 1\n");
  expect(await runTandem("/nowhere.sock", [...RUN, "--document", missing], around)).toMatchObject({
    exitCode: 0,
  });
  expect(events).toEqual(["start lb9", "stop", "start lb1", "stop"]);
});

test("run starts on a typed interface that is there, and on any that a configuration names", async () => {
  const signal = Promise.resolve("SIGTERM");
  const file = await fileWith(ALONE);
  for (const [argv, machine] of [
    [RUN, machineWith("lo", "eth0")],
    [["run", "--config", file], machineWith("lo")],
  ] as const) {
    const { events, daemon } = createDaemon();
    expect(await runTandem("/nowhere.sock", argv, { daemon, machine, signal })).toMatchObject({
      exitCode: 0,
    });
    expect(events).toEqual([expect.stringContaining("start"), "stop"]);
  }
});

// on a machine that is no director: it has no configuration of its own
test("run without any configuration says what it wants; cleanup needs none", async () => {
  expect(await runTandem("/nowhere.sock", ["run"])).toMatchObject({
    err: expect.stringMatching(
      /^error: Cannot run: there is no "\/etc\/tandem\/node.yaml", wanted it, or --config /,
    ),
    exitCode: 1,
  });
  expect((await runTandem("/nowhere.sock", ["run", "--cleanup"])).out).toBe("Nothing to remove.\n");
});

test("cleanup removes and says what, without starting", async () => {
  const { events, daemon } = createDaemon();
  const { out, exitCode } = await runTandem("/nowhere.sock", [...RUN, "--interface", "eth1", "--cleanup"], {
    daemon,
  });
  expect({ out, exitCode, events }).toEqual({
    out: "Removed:\n  programs on eth0, eth1\n",
    exitCode: 0,
    events: [],
  });
});
