import type { ServiceCounts } from "@tandem/engine";
import { expect, test } from "vitest";
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
    printed = await api.ipvsadm({ args: line.split(" "), input: "", author: "ann", mayChange: true });
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

test("sync daemons need an interface of this host, and get its MTU", async () => {
  expect(await run("--start-daemon master --mcast-interface nosuchif")).toMatchObject({
    exitCode: 255,
    errors: "No such device\n",
  });
  const started = await run("--start-daemon master --mcast-interface lo --mcast-ttl 3", "-L --daemon");
  expect(started.output).toMatch(/^master sync daemon \(mcast=lo, syncid=0, maxlen=\d{4,5}, .*ttl=3\)\n$/);
});

test("ports are named as this machine names them, hosts as its resolver does", async () => {
  const { output } = await run("-L");
  expect(output).toMatch(/^TCP {2}192\.0\.2\.1:(http|80) wlc$/m);
});
