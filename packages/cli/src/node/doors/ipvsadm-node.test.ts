import type { ServiceCounts } from "@tandem/engine";
import { expect, onTestFinished, test } from "vitest";
import { connectServer } from "../../server-client.ts";
import { startTlsDaemon } from "../../testing/tls-daemon.ts";
import { createTestService } from "../testing-service.ts";

const traffic = { inPackets: 200, inBytes: 2000, outPackets: 100, outBytes: 1000 };
const counts: ServiceCounts[] = [1, 5].map((serviceId) => ({
  serviceId,
  connections: 20 + serviceId,
  ...traffic,
  destinations: [],
}));

/** Run lines on a node's API; what the last one prints. */
async function run(...lines: string[]) {
  const { api } = createTestService({ counts });
  let printed = { exitCode: 0, output: "", errors: "" };
  for (const line of lines)
    printed = await api.ipvsadm({ args: line.split(" "), input: "", author: "ann", role: "admin" });
  return { ...printed, api };
}
const conns = (output: string) =>
  output.split("\n").flatMap((l) => /^(?:TCP|UDP|FWM).{30}(.{9})/.exec(l)?.[1] ?? []);

test("a line of ipvsadm lists what the node's document has and its forwarder counts", async () => {
  const { output } = await run("-Ln --stats");
  expect(conns(output).map(Number)).toEqual([21, 25, 0]);
});

test("a line of ipvsadm changes the node's document, and the next one sees it", async () => {
  const { api, ...printed } = await run("-C", "-A -u 192.0.2.9:53 -s rr", "-Sn");
  expect(printed).toEqual({ exitCode: 0, output: "-A -u 192.0.2.9:53 -s rr\n", errors: "" });
  const { revision, services } = await api.document();
  expect([revision, services.map((s) => s.address)]).toEqual([3, ["192.0.2.9"]]);
});

test("-Z lets listed counters start anew, of one service or of all", async () => {
  expect(conns((await run("-Z -t 192.0.2.1:80", "-Ln --stats")).output).map(Number)).toEqual([0, 25, 0]);
  expect(conns((await run("-Z", "-Ln --stats")).output).map(Number)).toEqual([0, 0, 0]);
});

test("-Z lets rates start anew, too, from what has been counted", async () => {
  const { api, orders } = createTestService({ counts });
  await api.zero({ author: "ann", service: "tcp 192.0.2.1:80" });
  expect(orders).toMatchObject([{ type: "restart_rates" }]);
  const [order] = orders;
  if (order?.type !== "restart_rates") throw new Error("another order");
  expect(order.totals.get(1)).toEqual({ connections: 21, ...traffic });
  expect(order.totals.has(5)).toBe(false);
});

test("sync daemons need an interface of this host, and get its MTU", async () => {
  expect(await run("--start-daemon master --mcast-interface nosuchif")).toMatchObject({
    exitCode: 255,
    errors: "No such device\n",
  });
  const started = await run("--start-daemon master --mcast-interface lo --mcast-ttl 3", "-L --daemon");
  expect(started.output).toMatch(/^master sync daemon \(mcast=lo, syncid=0, maxlen=\d{4,5}, .*ttl=3\)\n$/);
});

const roles: [role: "view" | "operate" | "admin", line: string, may: boolean][] = [
  ["view", "-Ln", true],
  ["view", "-Sn", true],
  ["view", "-Z", false],
  ["view", "-e -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 0", false],
  ["operate", "-Z", true],
  ["operate", "-Z -t 192.0.2.1:80", true],
  ["operate", "-e -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 0", true],
  ["operate", "-e -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 0", false],
  ["operate", "-e -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 5 -x 7", false],
  ["operate", "-a -t 192.0.2.1:80 -r 10.0.0.9:80 -m", false],
  ["operate", "-d -t 192.0.2.1:80 -r 10.0.0.1:80", false],
  ["operate", "-C", false],
  ["operate", "--set 1 2 3", false],
  ["admin", "-C", true],
];
for (const [role, line, may] of roles) {
  test(`who has the role ${role} ${may ? "may" : "may not"} run ipvsadm ${line} over the network`, async () => {
    const { api } = createTestService({ counts });
    const daemon = await startTlsDaemon(api);
    const { ca, ...proof } = await daemon.proofOf("ann", await daemon.authority.client("ann", role));
    const node = await connectServer(`127.0.0.1:${daemon.port}`, { ca, ...proof });
    onTestFinished(() => node.close());
    const before = (await api.document()).revision;
    const request = { args: line.split(" "), input: "", author: "x", role: "admin" } as const;
    const { exitCode, errors } = await node.ipvsadm(request);
    expect(exitCode).toBe(may ? 0 : 255);
    expect(errors.split("\n")[0]).toBe(may ? "" : "Permission denied (you must be root)");
    if (!may) expect((await api.document()).revision).toBe(before);
  });
}

test("a tunnel that its way has no room for is refused in plain words, and nothing is changed", async () => {
  const { api } = createTestService({ mtu: 590 });
  const before = await api.document();
  const line = "-a -t 192.0.2.1:80 -r 10.0.0.9:80 -i";
  expect(await api.ipvsadm({ args: line.split(" "), input: "", author: "ann", role: "admin" })).toEqual({
    exitCode: 255,
    output: "",
    errors: expect.stringMatching(
      /^the tunnel of "tcp 192.0.2.1:80 -> 10.0.0.9:80" has room for packets of 570: .*\n$/,
    ),
  });
  expect(await api.document()).toEqual(before);
});

test("ports are named as this machine names them, hosts as its resolver does", async () => {
  const { output } = await run("-L");
  expect(output).toMatch(/^TCP {2}192\.0\.2\.1:(http|80) wlc$/m);
});
