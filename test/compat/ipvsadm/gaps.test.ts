/** What is found out about steps that a recording lacks. */
import { expect, test } from "vitest";
import { createDaemonLog } from "./daemons.ts";
import { evidenceOf } from "./evidence.ts";
import { hasNames, namesIn } from "./host-names.ts";
import { type Invocation, passagesOf } from "./recording.ts";
import { standingLines } from "./standing.ts";

const step = (cmd: string, stdout = "", more: Partial<Invocation> = {}): Invocation => ({
  tag: "a",
  cmd,
  rc: 0,
  stdout,
  stderr: "",
  ...more,
});

const LISTED = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  10.0.0.100:80 wlc persistent 300 mask 255.255.255.0
  -> 192.168.1.11:80              Masq    2      0          0         
FWM  2 IPv6 rr ops
`;
const STANDING = [
  "-A -t 10.0.0.100:80 -s wlc -p 300 -M 255.255.255.0",
  "-A -f 2 -6 -s rr -o",
  "-a -t 10.0.0.100:80 -r 192.168.1.11:80 -m -w 2",
];

test("services that are listed and were never added stood at the beginning", () => {
  expect(standingLines([step("ipvsadm -L -n", LISTED)])).toEqual(STANDING);
});

test("services that a command adds, and those behind a clearing, did not stand at the beginning", () => {
  const add = step("ipvsadm -A -t 10.0.0.100:80 -s wlc -p 300 -M 255.255.255.0");
  expect(standingLines([add, step("ipvsadm -L -n", LISTED)])).toEqual(STANDING.slice(1));
  expect(standingLines([step("ipvsadm -C"), step("ipvsadm -L -n", LISTED)])).toEqual([]);
});

test("services are read from the kernel's file, real servers oldest first", () => {
  const file = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  0A000064:01BB wlc  persistent 75000 FFFFFF00
  -> C0A8010C:01BB      Route   1      2          0
  -> C0A8010B:01BB      Masq    3      0          1
`;
  expect(standingLines([step("cat /proc/net/ip_vs", file)])).toEqual([
    "-A -t 10.0.0.100:443 -s wlc -p 300 -M 255.255.255.0",
    "-a -t 10.0.0.100:443 -r 192.168.1.11:443 -m -w 3",
    "-a -t 10.0.0.100:443 -r 192.168.1.12:443 -g -w 1",
  ]);
});

const MASTER = "master sync daemon (mcast=dc0, syncid=7, maxlen=1472, group=224.0.0.81, port=8848, ttl=1)\n";
const START = step("ipvsadm --start-daemon master --mcast-interface dc0");

test("a daemon that is listed and was never started is started as it is listed", () => {
  expect(createDaemonLog().missingBefore(step("ipvsadm -L --daemon", MASTER))).toEqual([
    "--start-daemon master --mcast-interface dc0 --syncid 7 --sync-maxlen 1472 --mcast-group 224.0.0.81 --mcast-port 8848 --mcast-ttl 1".split(
      " ",
    ),
  ]);
});

test("a daemon that was started is left to itself, whatever is listed of it", () => {
  const log = createDaemonLog();
  log.note(START);
  expect(log.missingBefore(step("ipvsadm -L --daemon", MASTER))).toEqual([]);
});

test("a daemon that is gone without a command is stopped", () => {
  const log = createDaemonLog();
  log.note(START);
  const stop = step("ipvsadm --stop-daemon master", "", { rc: 255, stderr: "No daemon is running\n" });
  expect(log.missingBefore(stop)).toEqual([["--stop-daemon", "master"]]);
});

test("hosts have the names that stand where a listing without names has addresses", () => {
  const named = LISTED.replace("10.0.0.100:80", "vip.example.test:http").replace(
    "192.168.1.11:80             ",
    "a-very-long-real-server-host",
  );
  expect(hasNames(LISTED)).toBe(false);
  expect(hasNames(named)).toBe(true);
  expect([...namesIn(named, LISTED)]).toEqual([
    ["10.0.0.100", "vip.example.test"],
    ["192.168.1.11", expect.stringMatching(/^a-very-long-real-server-host./)],
  ]);
});

const stats = (numbers: string) =>
  `Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes\n  -> RemoteAddress:Port\nUDP  10.0.0.100:53                       ${numbers}\n  -> 192.168.1.11:53                     ${numbers}\n`;
const KEY = "UDP 10.0.0.100:53 > 192.168.1.11:53";

test("counters that are shown later count for the passage with the connections, until they are zeroed", () => {
  const first = step("cat /proc/net/ip_vs_conn", "UDP 0A010009 14E9 0A000064 0035 C0A8010B 0035 UDP 294\n");
  const later = (cmd: string) => step(cmd, stats("1        5        0      150        0"), { tag: "b" });
  const [shown] = evidenceOf(passagesOf([first, later("ipvsadm -L -n --stats")]));
  expect(shown?.fresh).toMatchObject([{ client: "10.1.0.9:5353", state: "UDP" }]);
  expect(shown?.counters.get(KEY)).toMatchObject({ connections: 1, inPackets: 5, inBytes: 150 });
  const zero = step("ipvsadm -Z -u 10.0.0.100:53", "", { tag: "b" });
  expect(evidenceOf(passagesOf([first, zero, later("ipvsadm -L -n --stats")]))[0]?.counters.size).toBe(0);
});

test("exact counters count rather than rounded ones of as many packets", () => {
  const rounded = step("ipvsadm -L -n --stats", stats("1     3001        0  180144K        0"));
  const exact = step("ipvsadm -L -n --stats --exact", stats("1     3001        0 180144028        0"));
  expect(evidenceOf(passagesOf([rounded, exact]))[0]?.counters.get(KEY)?.inBytes).toBe(180_144_028);
});
