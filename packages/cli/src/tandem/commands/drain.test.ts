import type { KillRequest, NodeApi, NodeStatus, ServiceStatus } from "@tandem/engine";
import { destinationKey } from "@tandem/model";
import { expect, test } from "vitest";
import { fakeServices, markedService } from "../../testing/fake-services.ts";
import { healthyStatus } from "../../testing/fake-status.ts";
import { type Ran, runTandem, type Setting, startFakeDaemon, tandem } from "../../testing/run-tandem.ts";

test("drain tells what it drained and what is left there, or that there was nothing to do", async () => {
  expect((await tandem("drain 10.0.0.1")).out).toBe(
    "Drained with revision 43: no new connections go to\n  tcp 192.0.2.10:80 -> 10.0.0.1:8080: 4,013 connections left\n",
  );
  expect((await tandem("drain 10.0.0.1 --undo")).out).toBe(
    "Back in service with revision 43:\n  tcp 192.0.2.10:80 -> 10.0.0.1:8080\n",
  );
  const drain = async () => ({ revision: 42, destinations: [] });
  const { out } = await runTandem(await startFakeDaemon({ drain }), ["drain", "10.0.0.1"]);
  expect(out).toBe("Nothing to do: it is drained already (revision 42).\n");
});

test("drain hands over who asks, and in which service", async () => {
  let asked: unknown;
  const drain = async (request: unknown) => {
    asked = request;
    return { revision: 1, destinations: [] };
  };
  await runTandem(await startFakeDaemon({ drain }), [
    "drain",
    "10.0.0.1:80",
    "--service",
    "tcp/192.0.2.10:80",
  ]);
  expect(asked).toEqual({
    destination: "10.0.0.1:80",
    service: "tcp 192.0.2.10:80",
    undo: false,
    author: "ops",
  });
});

const [web] = fakeServices;
const withLeft = (activeConnections: number, more: Partial<ServiceStatus> = {}): ServiceStatus[] => [
  { ...web!, ...more, destinations: [{ ...web!.destinations[0]!, activeConnections }] },
];

/** Drains 10.0.0.1, which has fewer connections each time that it is looked at: the last number stays. */
async function drainOf(line: string, left: number[], setting: Setting = {}, more: Partial<NodeApi> = {}) {
  const counts = [...left];
  const kills: KillRequest[] = [];
  const socket = await startFakeDaemon({
    services: async () => withLeft(counts.length > 1 ? counts.shift()! : counts[0]!),
    async kill(request) {
      kills.push(request);
      counts.splice(0, counts.length, 0);
      return { killed: 7 };
    },
    ...more,
  });
  return { ...(await runTandem(socket, line.split(" "), setting)), kills };
}

const linesOf = ({ out }: Ran) => out.trimEnd().split("\n").slice(2);

test("drain --wait ends well once no connections are left, with a line now and then", async () => {
  const ran = await drainOf("drain 10.0.0.1 --wait", [100, 100, 90, 80, 70, 60, 50, 0]);
  expect(linesOf(ran)).toEqual([
    "100 of 100 connections left",
    "50 of 100 connections left, 5/s fewer, about 10 s to go",
    "Drained: no connections are left.",
  ]);
  expect(ran.exitCode).toBe(0);
});

test("drain on a terminal writes one line over and over", async () => {
  const { out } = await drainOf("drain 10.0.0.1 --wait", [4, 4, 2, 0], { isTTY: true, columns: 40 });
  const [, , ...progress] = out.split("\n");
  expect(progress).toEqual([
    "\r\u001b[K4 of 4 connections left\r\u001b[K2 of 4 connections left, 1/s fewer, ab…\r\u001b[KDrained: no connections are left.",
    "",
  ]);
});

test("drain fails at its deadline if connections are left, and keeps them", async () => {
  const ran = await drainOf("drain 10.0.0.1 --deadline 3s", [9]);
  expect(linesOf(ran)).toEqual([
    "9 of 9 connections left; 3 s until the deadline",
    "The deadline has passed: 9 connections left; no new ones come; back with `tandem drain 10.0.0.1 --undo`.",
  ]);
  expect([ran.exitCode, ran.kills]).toEqual([1, []]);
});

for (const fate of ["kill", "reset"]) {
  test(`drain --then ${fate} ends what is left at the deadline, there and nowhere else`, async () => {
    const ran = await drainOf(`drain 10.0.0.1 --deadline 3s --then ${fate}`, [9]);
    expect(linesOf(ran).at(-1)).toMatch(
      /^The deadline has passed: ended 7 connections, no connections are left;/,
    );
    const filter = { service: "tcp 192.0.2.10:80", destination: "10.0.0.1:8080" };
    expect(ran.kills).toEqual([{ filter, reset: fate === "reset", dryRun: false, author: "ops" }]);
    expect(ran.exitCode).toBe(0);
  });
}

test("drain --then kill ends connections to all ports of a destination that keeps each packet's", async () => {
  const key = destinationKey(markedService, markedService.destinations[0]!);
  const drain = async () => ({ revision: 43, destinations: [key] });
  const services = async () => [markedService];
  const ran = await drainOf("drain 10.0.0.4 --deadline 3s --then kill", [], {}, { drain, services });
  expect(ran.kills.map(({ filter }) => filter)).toEqual([
    { service: "mark 7 ipv4", destination: "10.0.0.4" },
  ]);
});

test("drain that is interrupted goes on draining, and says how to call it off", async () => {
  const ran = await drainOf("drain 10.0.0.1 --wait", [9], { signal: Promise.resolve("SIGINT") });
  expect(linesOf(ran).at(-1)).toBe(
    "Still draining, 9 connections left; back with `tandem drain 10.0.0.1 --undo`.",
  );
  expect([ran.exitCode, ran.kills]).toEqual([1, []]);
});

test("drain tells scripts how it gets on, one value per line", async () => {
  const { out } = await drainOf("drain 10.0.0.1 --deadline 1m -o json", [4, 4, 0]);
  const values = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(values).toEqual([
    expect.objectContaining({ revision: 43, destinations: ["tcp 192.0.2.10:80 -> 10.0.0.1:8080"] }),
    { state: "draining", left: 4, closing: 310, templates: 0, perSecond: 0, deadlineInSeconds: 60 },
    {
      ...{ state: "drained", left: 0, closing: 310, templates: 0, perSecond: 2 },
      ...{ endsInSeconds: 0, deadlineInSeconds: 58 },
    },
  ]);
});

test("drain says what becomes of persistent clients", async () => {
  const services = async () => withLeft(3, { persistence: { timeout: 360, prefix: 24 } });
  const { out } = await drainOf("drain 10.0.0.1", [], {}, { services });
  expect(out).toContain(
    'Clients of "tcp 192.0.2.10:80" whose persistence template leads there go on being sent there',
  );
});

for (const [line, says] of [
  [
    "drain 10.0.0.1 --then kill",
    "--deadline is missing, wanted the time after which `--then kill` is due, such as `--deadline 10m`",
  ],
  ["drain 10.0.0.1 --undo --wait", "wanted one of them"],
  ["drain director --deadline 5m", "wanted no more than --undo"],
  ["drain 10.0.0.1 --deadline 5m --then pray", "wanted one of keep, kill, reset"],
] as const)
  test(`"${line}" is refused`, async () => {
    const { exitCode, err } = await tandem(line);
    expect([exitCode, err]).toEqual([2, expect.stringContaining(says)]);
  });

const [peer] = healthyStatus.peers;
const handedOver: Partial<NodeStatus> = {
  role: "standby",
  maintenance: true,
  peers: [{ ...peer!, role: "active" }],
};

/** Drains a director that is as given before and after. */
async function drainDirector(line: string, before: Partial<NodeStatus>, after: Partial<NodeStatus>) {
  const asked: unknown[] = [];
  let status: NodeStatus = { ...healthyStatus, ...before };
  const become = (request: unknown) => {
    asked.push(request);
    status = { ...status, ...after };
  };
  const socket = await startFakeDaemon({
    status: async () => status,
    async switchover(request) {
      become(request);
      return { steps: ["the peer holds the virtual addresses"], from: "lb1", to: "lb2" };
    },
    async setMaintenance(request) {
      become(request);
      return { changed: true };
    },
  });
  return { ...(await runTandem(socket, line.split(" "))), asked };
}

test("drain director hands the active role over first, and says that it can be stopped", async () => {
  const { out, asked, exitCode } = await drainDirector("drain director", {}, handedOver);
  expect(asked).toEqual([{ dryRun: false, force: false, author: "ops" }]);
  expect(out).toBe(
    `lb1 is out of service: standby, in maintenance.
  1. the peer holds the virtual addresses
Another director serves, with every connection: this one can be stopped. \`tandem drain director --undo\` takes it back.
`,
  );
  expect(exitCode).toBe(0);
});

test("drain director of a standby is maintenance", async () => {
  const before = { ...handedOver, maintenance: false };
  const { asked, exitCode } = await drainDirector("drain director", before, { maintenance: true });
  expect([asked, exitCode]).toEqual([[{ on: true, author: "ops" }], 0]);
});

test("drain director leaves a director in maintenance there, though it is active", async () => {
  const before: Partial<NodeStatus> = { role: "active", maintenance: true };
  const { asked, exitCode } = await drainDirector("drain director", before, handedOver);
  expect([asked, exitCode]).toEqual([[{ on: true, author: "ops" }], 0]);
});

test("drain director that nobody takes over from fails, and says so", async () => {
  const alone = await drainDirector(
    "drain director",
    { role: "standalone", peers: [] },
    { maintenance: true },
  );
  expect([alone.exitCode, alone.out]).toEqual([
    1,
    expect.stringContaining("It stands alone and goes on serving"),
  ]);
  const standby = await drainDirector("drain director", { role: "standby" }, { maintenance: true });
  expect([standby.exitCode, standby.out]).toEqual([1, expect.stringContaining("do not stop it before")]);
});

test("drain director --undo ends maintenance", async () => {
  const { out, asked } = await drainDirector("drain director --undo", handedOver, { maintenance: false });
  expect(out).toBe("lb1 is back in service: standby; VRRP decides by priority.\n");
  expect(asked).toEqual([{ on: false, author: "ops" }]);
  const alone = await drainDirector("drain director --undo", { role: "standalone" }, { maintenance: false });
  expect(alone.out).toBe("lb1 is back in service: standalone.\n");
});
