import { expect, test } from "vitest";
import { healthyStatus, troubledStatus } from "../../testing/fake-node.ts";
import { runTandem, startFakeDaemon, tandem } from "../../testing/run-tandem.ts";

test("status of a healthy pair fits on a screen, begins with the verdict and exits 0", async () => {
  expect(await tandem("status")).toEqual({
    err: "",
    exitCode: 0,
    out: `All is well.

Node         lb1 (version 0.1.0)
Role         active for 3 h 12 min: higher priority (200 against 190), synced
Addresses    192.0.2.10, 2001:db8::10
Forwarding   yes
Sync         live, lag 2.1 ms (p50), 7.83 ms (p99)
Document     revision 42
Connections  120,343 of 1,048,576 (11.5 %)
Dropped      12 (TCP or SCTP to a service that opens nothing, without a flow)
NATS         connected

PEER  ROLE     SYNC  REVISION  CONNECTIONS  HELD HERE     LAG   LAST SEEN
lb2   standby  live        42            0          0  2.1 ms  312 ms ago
`,
  });
});

test("status with alarms tells them first and exits 1", async () => {
  const socket = await startFakeDaemon({ status: async () => troubledStatus });
  const { out, exitCode } = await runTandem(socket, ["status"]);
  expect(exitCode).toBe(1);
  expect(out).toBe(`2 alarms:
  ! Peer "lb1" has not been seen for 64 s: nothing would take over from here
  ! NATS cannot be reached: connections are not replicated, the document cannot change

Node         lb2 (version 0.1.0), in maintenance
Role         active for 1 min 4 s: lb1 fell silent (no advert for 120 ms)
Addresses    192.0.2.10, 2001:db8::10
Forwarding   yes
Sync         alone, lag 2.1 ms (p50), 840 ms (p99)
Document     revision 42
Connections  120,343 of 1,048,576 (11.5 %)
Dropped      12 (TCP or SCTP to a service that opens nothing, without a flow)
NATS         disconnected

PEER  ROLE       SYNC  REVISION  CONNECTIONS  HELD HERE  LAG      LAST SEEN
lb1   was fault  lost        41      120,343    120,340    -  1 min 4 s ago
`);
});

test("status of a node that stands alone has no table of peers", async () => {
  const status = {
    ...healthyStatus,
    role: "standalone" as const,
    sync: "off" as const,
    peers: [],
    revision: 0,
    packets: {},
  };
  const { out } = await runTandem(await startFakeDaemon({ status: async () => status }), ["status"]);
  expect(out).toMatch(/^Document +none yet\n(.*\n)*Dropped +nothing\nNATS +connected\n$/m);
  expect(out).not.toContain("PEER");
});
