import type { NodeStatus } from "@tandem/engine/client";
import { LbError } from "@tandem/model/failure";
import { expect, test } from "vitest";
import { FAKE_NOW_MS, healthyStatus, troubledStatus } from "../../testing/fake-status.ts";
import { runTandem, startFakeDaemon, tandem } from "../../testing/run-tandem.ts";
import type { Answer, World } from "../command.ts";
import { createPaint } from "../format.ts";
import { status } from "./status.ts";

test("status of a healthy pair fits on a screen, begins with the verdict and exits 0", async () => {
  expect(await tandem("status")).toEqual({
    err: "",
    exitCode: 0,
    out: `SAFE: all is well; lb2 could take over

NODE  ROLE     SYNC  REVISION     OWNS  HELD HERE  BEHIND     LAG  TABLES   LAST SEEN
lb1   active   live        42  120,343    120,343                                here
lb2   standby  live        42        0          0       0  2.1 ms  agree   312 ms ago

Node        lb1, version 0.1.0
Role        active for 3 h 12 min: higher priority (200 against 190), synced
Addresses   192.0.2.10, 2001:db8::10
Forwarding  yes
Document    revision 42 on every node
Table       120,343 of 1,048,576 connections (11.5 %)
Lag         2.1 ms (p50), 7.83 ms (p99)
Dropped     12 (TCP or SCTP to a service that opens nothing, without a flow)
NATS        connected
`,
  });
});

test("status of a node in trouble says how bad it is, why, and what to do, and exits 1", async () => {
  const socket = await startFakeDaemon({ status: async () => troubledStatus });
  const { out, exitCode } = await runTandem(socket, ["status"]);
  expect(exitCode).toBe(1);
  expect(
    out,
  ).toBe(`UNSAFE: NATS cannot be reached: no peer can be heard, and one that took over would lack what is new
  ! In maintenance: \`tandem maintenance off\` here ends it
  ! NATS cannot be reached: replication pauses
  ! Peer "lb1" cannot be heard while NATS is away

NODE  ROLE       SYNC   REVISION     OWNS  HELD HERE  BEHIND  LAG  TABLES      LAST SEEN
lb2   active     alone        42        3    120,343                                here
lb1   was fault  lost         41  120,343    120,340       -    -  -       1 min 4 s ago

Node        lb2, version 0.1.0, in maintenance
Role        active for 1 min 4 s: lb1 fell silent (no advert for 120 ms)
Addresses   192.0.2.10, 2001:db8::10
Forwarding  yes
Document    revision 42; lb1 runs 41
Table       120,343 of 1,048,576 connections (11.5 %)
Lag         2.1 ms (p50), 840 ms (p99)
Dropped     12 (TCP or SCTP to a service that opens nothing, without a flow)
NATS        disconnected

What to do:
  look at the NATS servers first; what was missed is made up for by itself
  when it is over: \`tandem maintenance off\` here
`);
});

test("status of a node with 1,000 services, many of them in trouble, still fits on a screen", async () => {
  const status = {
    ...healthyStatus,
    virtualAddresses: Array.from({ length: 1000 }, (_, i) => `192.0.${i >> 8}.${i & 255}`),
    alarms: Array.from({ length: 300 }, (_, i) => `Destination "10.0.0.${i}:80" is down: connection refused`),
  };
  const socket = await startFakeDaemon({ status: async () => status });
  const { out, exitCode } = await runTandem(socket, ["status"], { isTTY: true, columns: 80 });
  expect(exitCode).toBe(3);
  expect(out.split("\n").length).toBeLessThanOrEqual(30);
  expect(out).toContain("293 more\n");
  expect(out).toContain("192.0.0.6, 993 more\n");
});

test("status on a terminal that does not know its width is not wrapped", async () => {
  const socket = await startFakeDaemon({ status: async () => troubledStatus });
  const { out } = await runTandem(socket, ["status"], { isTTY: true, columns: 0, env: { NO_COLOR: "1" } });
  expect(out).toBe((await runTandem(socket, ["status"])).out);
});

for (const columns of [80, 60]) {
  test(`status in ${columns} columns has no longer line`, async () => {
    const socket = await startFakeDaemon({ status: async () => troubledStatus });
    const { out } = await runTandem(socket, ["status"], { isTTY: true, columns, env: { NO_COLOR: "1" } });
    expect(out.split("\n").filter((line) => line.length > columns)).toEqual([]);
    expect(out).toContain("lb1   was fault  lost");
  });
}

test("status --watch asks again and again, also a daemon that does not answer for a while", async () => {
  let asked = 0;
  const world = {
    out: { isTTY: true, write: () => {} },
    now: () => FAKE_NOW_MS,
    sleep: async () => {},
    async connect() {
      if (++asked === 2) throw new LbError({ code: "unavailable", what: "the daemon", why: "it is away" });
      return { status: async () => healthyStatus, close: () => {} };
    },
  } as unknown as World;
  const input = { operands: [], options: { watch: true }, format: "text" as const };
  const seen: string[] = [];
  for await (const answer of (await status.run(input, world)) as AsyncIterable<Answer>) {
    seen.push(answer.text(createPaint(false)));
    if (seen.length === 3) break;
  }
  expect(seen.map((text) => text.split("\u001b")[1]?.slice(2))).toEqual([
    "SAFE: all is well; lb2 could take over",
    "UNSAFE: Cannot reach the daemon: it is away",
    "SAFE: all is well; lb2 could take over",
  ]);
  expect(seen.every((text) => text.startsWith("\u001b[H") && text.endsWith("\u001b[J"))).toBe(true);
});

test("status of a node that stands alone names no peer", async () => {
  const status = {
    ...healthyStatus,
    role: "standalone" as const,
    sync: "off" as const,
    peers: [],
    nats: "off" as const,
    revision: 0,
    packets: {},
  };
  const { out } = await runTandem(await startFakeDaemon({ status: async () => status }), ["status"]);
  expect(out).toMatch(/^Document +none yet\n(.*\n)*Dropped +nothing\nNATS +off\n/m);
  expect(out).toMatch(/^UNSAFE: there is no document, so nothing is served\n/);
  expect(out).not.toContain("lb2");
});

const holder = healthyStatus.peers.map((peer) => ({ ...peer, role: "active" as const }));
const seats: [name: string, change: Partial<NodeStatus>, says: string][] = [
  ["active", {}, "192.0.2.10, 2001:db8::10"],
  ["standby", { role: "standby", peers: holder }, "192.0.2.10, 2001:db8::10: on lb2, which is active"],
  ["in fault", { role: "fault", peers: [] }, "192.0.2.10, 2001:db8::10: not on this node"],
  ["without any", { role: "standby", peers: holder, virtualAddresses: [] }, "none"],
];
for (const [name, change, says] of seats)
  test(`status of a node that is ${name} says where the addresses are: ${says}`, async () => {
    const socket = await startFakeDaemon({ status: async () => ({ ...healthyStatus, ...change }) });
    expect((await runTandem(socket, ["status"])).out).toContain(`\nAddresses   ${says}\n`);
  });
