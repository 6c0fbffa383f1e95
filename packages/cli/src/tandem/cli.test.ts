import { execFile } from "node:child_process";
import { symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { LbError } from "@tandem/model";
import { expect, onTestFinished, test } from "vitest";
import {
  fakeConnection,
  fakeExplanation,
  healthyStatus,
  markedService,
  troubledStatus,
} from "../testing/fake-node.ts";
import { createFolder, runTandem, type Setting, startFakeDaemon } from "../testing/run-tandem.ts";
import { COMMANDS } from "./commands.ts";

/** Runs a command line as a shell would split it, against a new daemon. */
async function tandem(line: string, setting?: Setting) {
  return runTandem(await startFakeDaemon(), line.split(" "), setting);
}

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

test("services shows weights, why they are what they are, and traffic", async () => {
  expect((await tandem("services")).out).toBe(
    `SERVICE/DESTINATION    SCHEDULER/METHOD     WEIGHT  HEALTH     ACTIVE  INACTIVE    TOTAL        IN       OUT  WHY
tcp 192.0.2.10:80      wlc                          1 of 3      8,040       930  243,660  3.74 GiB   135 GiB
  10.0.0.1:8080        masquerade               10  up          4,013       310   81,221  1.25 GiB  44.9 GiB
  10.0.0.2:8080        masquerade        0 (of 10)  DOWN           12       310   81,222  1.25 GiB  44.9 GiB  check failed 3 times: connection refused
  10.0.0.3:8080        masquerade        0 (of 10)  up          4,015       310   81,223  1.25 GiB  44.9 GiB  drained by ops
udp [2001:db8::10]:53  rr                           1 of 1          0         9        9     612 B       0 B
  [2001:db8:1::53]:53  direct-route              1  unchecked       0         9        9     612 B       0 B
tcp 192.0.2.10:8443    wrr                          0 of 0          0         0        0       0 B       0 B
`,
  );
});

test("services shows a firewall mark's options, tunnel and thresholds, templates, and what keeps connections away", async () => {
  const socket = await startFakeDaemon({ services: async () => [markedService] });
  expect((await runTandem(socket, ["services"])).out).toMatchInlineSnapshot(`
    "SERVICE/DESTINATION  SCHEDULER/METHOD  OPTIONS                                                        WEIGHT  HEALTH          ACTIVE  INACTIVE  PERSISTENT   TOTAL        IN       OUT  WHY
    mark 7 ipv4          sh                fallback, port, persistent 360 s by /24, one-packet                    0 of 2           8,051       930          41       9     612 B       0 B
      10.0.0.4:0         tunnel            gue 6080 checksum remote, at most 5,000, again below 4,000         10  up, overloaded   4,016       310          41  81,224  1.25 GiB  44.9 GiB
      10.0.0.5:8080      masquerade                                                                    0 (of 10)  DOWN, held       4,017       310              81,225  1.25 GiB  44.9 GiB  connection refused
      10.0.0.6:8080      masquerade                                                                               removed             18       310              81,226  1.25 GiB  44.9 GiB  removed, 328 connections
    "
  `);
});

test("services without a document says so", async () => {
  const { out } = await runTandem(await startFakeDaemon({ services: async () => [] }), ["services"]);
  expect(out).toBe("No services: the document has none.\n");
});

test("services --rates shows what comes per second", async () => {
  const { out } = await tandem("services --rates");
  expect(out).toMatch(/NEW\/S +IN\/S +OUT\/S/);
  expect(out).toMatch(/^tcp 192\.0\.2\.10:80 .* 21 +393 KiB +13\.8 MiB/m);
  expect(out).toMatch(/^ {2}10\.0\.0\.1:8080 .* 7 +131 KiB +4\.6 MiB/m);
});

test("connections shows as many as asked for, and that there are more", async () => {
  expect((await tandem("connections -n 2")).out).toBe(
    `PROTO  STATE        CLIENT              VIRTUAL        DESTINATION    METHOD       EXPIRES IN  OWNER        IN       OUT
tcp    ESTABLISHED  198.51.100.0:40000  192.0.2.10:80  10.0.0.1:8080  masquerade  14 min 59 s  lb1         0 B       0 B
tcp    ESTABLISHED  198.51.100.1:40001  192.0.2.10:80  10.0.0.2:8080  masquerade  14 min 58 s  lb1    1.31 KiB  46.9 KiB
There are more: these are the first 2 connections; see --limit
`,
  );
});

test("connections tells templates and held connections from others, with what they hang on", async () => {
  async function* connections() {
    const controller = "198.51.100.0:0 -> 0.0.0.7:0";
    yield {
      ...fakeConnection(0),
      protocol: "any",
      state: "ASSURED",
      client: "198.51.100.0:0",
      template: true,
      mark: 7,
    };
    yield {
      ...fakeConnection(1),
      method: "full-nat",
      local: "192.0.2.9:1024",
      held: true,
      mark: 7,
      controller,
    };
  }
  const socket = await startFakeDaemon({ connections });
  expect((await runTandem(socket, ["connections"])).out).toMatchInlineSnapshot(`
    "PROTO  STATE               CLIENT              VIRTUAL        DESTINATION    METHOD      LOCAL           MARK   EXPIRES IN  OWNER  CONTROLLER                         IN       OUT
    any    ASSURED (template)  198.51.100.0:0      192.0.2.10:80  10.0.0.1:8080  masquerade                     7  14 min 59 s  lb1                                      0 B       0 B
    tcp    ESTABLISHED (held)  198.51.100.1:40001  192.0.2.10:80  10.0.0.2:8080  full-nat    192.0.2.9:1024     7  14 min 58 s  lb1    198.51.100.0:0 -> 0.0.0.7:0  1.31 KiB  46.9 KiB
    "
  `);
});

test("explain says the verdict first, then why", async () => {
  expect((await tandem("explain tcp 198.51.100.7 192.0.2.10:80")).out).toMatchInlineSnapshot(`
    "Verdict    forward: the first packet of a new connection (scheduled), on lb1
    Service    tcp 192.0.2.10:80: its protocol, address and port
    Scheduler  wlc, picks 10.0.0.1:8080
    Rewriting  its destination 192.0.2.10:80 becomes 10.0.0.1:8080
               its TTL is one less
    Ends       after 900 s without a packet, once it is ESTABLISHED

    DESTINATION    WEIGHT  ACTIVE  INACTIVE  USABLE
    10.0.0.1:8080      10   4,013       310  yes
    10.0.0.2:8080       0      12       310  no: its weight is 0
    10.0.0.3:8080      10       9         0  no: overloaded
    "
  `);
});

test("explain of a known connection shows it, and no scheduler", async () => {
  const { scheduler: _, ...known } = fakeExplanation;
  const explain = async () => ({
    ...known,
    connection: fakeConnection(1),
    template: { ...fakeConnection(0), template: true },
  });
  const socket = await startFakeDaemon({ explain });
  const { out } = await runTandem(socket, ["explain", "tcp", "198.51.100.7:1", "192.0.2.10:80"]);
  expect(out).toMatchInlineSnapshot(`
    "Verdict     forward: the first packet of a new connection (scheduled), on lb1
    Service     tcp 192.0.2.10:80: its protocol, address and port
    Connection  ESTABLISHED, 198.51.100.1:40001 -> 192.0.2.10:80 -> 10.0.0.2:8080 (masquerade), owned by lb1
    Template    ESTABLISHED, 198.51.100.0:40000 -> 192.0.2.10:80 -> 10.0.0.1:8080 (masquerade), owned by lb1
    Rewriting   its destination 192.0.2.10:80 becomes 10.0.0.1:8080
                its TTL is one less
    Ends        after 900 s without a packet, once it is ESTABLISHED
    "
  `);
});

test("explain of a packet for nobody", async () => {
  const verdict = { name: "pass", reason: "not_ours", says: "no service, flow or destination of ours" };
  const socket = await startFakeDaemon({
    explain: async () => ({ rewriting: [], verdict, ends: "", node: "lb1" }),
  });
  expect((await runTandem(socket, ["explain", "tcp", "198.51.100.7", "192.0.2.10:81"])).out).toBe(
    `Verdict  pass: no service, flow or destination of ours (not_ours), on lb1
Service  none
`,
  );
});

test("explain hands over the whole question", async () => {
  const asked: unknown[] = [];
  const explain = async (question: unknown) => {
    asked.push(question);
    return fakeExplanation;
  };
  const socket = await startFakeDaemon({ explain });
  const line = "explain udp [2001:DB8::7]:5 [2001:db8::10]:53 --mark 7 --interface eth0";
  await runTandem(socket, line.split(" "));
  expect(asked).toEqual([
    { protocol: "udp", client: "[2001:db8::7]:5", virtual: "[2001:db8::10]:53", mark: 7, interface: "eth0" },
  ]);
});

test("connections passes its filters on, and does not claim more when there are none", async () => {
  const { out } = await tandem("connections --client 198.51.100.103");
  expect(out.trimEnd().split("\n")).toHaveLength(2);
  expect(out).not.toContain("There are more");
  expect((await tandem("connections --client 203.0.113.1")).out).toBe("No connections.\n");
});

const document = (weight: number) => `
version: 1
services:
  - protocol: tcp
    address: 192.0.2.10
    port: 80
    check: {type: http, path: /health}
    destinations:
      - {address: 10.0.0.1, port: 8080, weight: ${weight}}
      - {address: 10.0.0.2, port: 8080, weight: 10}
`;

test("document prints what apply reads again without a change", async () => {
  const socket = await startFakeDaemon();
  await runTandem(socket, ["apply", "-f", "d.yaml"], { files: { "d.yaml": document(5) } });
  const { out } = await runTandem(socket, ["document"]);
  expect(out).toMatch(/^# revision 43\nversion: 1\nservices:\n/);
  const again = await runTandem(socket, ["apply", "-f", "d.yaml"], { files: { "d.yaml": out } });
  expect(again.out).toBe("Unchanged: revision 43 says the same already.\n");
});

test("document prints no defaults, unless it is asked to", async () => {
  expect((await tandem("document")).out).not.toContain("slowStart");
  expect((await tandem("document --defaults")).out).toContain("slowStart: 0");
  expect(JSON.parse((await tandem("document --json")).out).services[0].slowStart).toBe(0);
});

test("apply says what changed, then that nothing does", async () => {
  const socket = await startFakeDaemon();
  const apply = (weight: number, ...more: string[]) =>
    runTandem(socket, ["apply", "-f", "d.yaml", ...more], { files: { "d.yaml": document(weight) } });
  const line = "  ~ tcp 192.0.2.10:80 -> 10.0.0.1:8080: weight 10 → 5\n";
  expect((await apply(10)).out).toBe("Unchanged: revision 42 says the same already.\n");
  expect((await apply(5, "--dry-run")).out).toBe(`Would change revision 42: 1 change\n${line}`);
  expect((await apply(5)).out).toBe(`Revision 43: 1 change\n${line}`);
  expect((await apply(5)).out).toBe("Unchanged: revision 43 says the same already.\n");
  expect(JSON.parse((await apply(5, "--json")).out)).toEqual({ revision: 43, changed: false, changes: [] });
});

test("apply of a wrong document names every mistake at its place and asks the daemon for nothing", async () => {
  const files = { "d.yaml": document(2 ** 31).replace("port: 80\n", "prot: 80\n") };
  const { err, exitCode } = await runTandem("/nowhere.sock", ["apply", "-f", "d.yaml"], { files });
  expect(exitCode).toBe(1);
  expect(err).toBe(`d.yaml:6:5: services[0].prot: unknown field, did you mean "port"?
d.yaml:9:49: services[0].destinations[0].weight: found 2147483648, wanted a whole number from 0 to 2147483647
error: 2 mistakes in d.yaml: nothing was changed
`);
});

test("apply is refused when the document moved meanwhile", async () => {
  const apply = async () => {
    throw new LbError({ code: "stale_revision", have: 42, current: 43 });
  };
  const files = { "d.yaml": document(5) };
  const ran = await runTandem(await startFakeDaemon({ apply }), ["apply", "-f", "d.yaml"], { files });
  expect(ran).toMatchObject({
    exitCode: 1,
    err: "error: Cannot change the document: it is at revision 43, wanted 42\n",
  });
});

test("drain tells what it drained, or that there was nothing to do", async () => {
  expect((await tandem("drain 10.0.0.1")).out).toBe(
    "Drained with revision 43:\n  tcp 192.0.2.10:80 -> 10.0.0.1:8080\n",
  );
  expect((await tandem("drain 10.0.0.1 --undo")).out).toMatch(/^Back in service with revision 43:/);
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

test("switchover tells its steps, and why it is refused", async () => {
  expect((await tandem("switchover --dry-run")).out).toBe(`Would go from lb1 to lb2:
  1. enter maintenance
  2. flush and wait for "lb2"
  3. lower the priority
  4. forward on for 5 s
`);
  expect((await tandem("switchover --force")).out).toMatch(/^From lb1 to lb2:/);
  expect(await tandem("switchover")).toMatchObject({
    exitCode: 1,
    err: 'error: Cannot switch over: peer "lb2" is loading, wanted a live peer (or --force)\n',
  });
});

for (const line of [
  "status",
  "services",
  "connections",
  "drain 10.0.0.1",
  "explain tcp 198.51.100.7 192.0.2.10:80",
  "switchover --dry-run",
  "doctor",
  "completion bash",
]) {
  test(`${line} --json prints one JSON value`, async () => {
    expect(JSON.parse((await tandem(`${line} --json`)).out)).toBeTypeOf("object");
  });
}

const usage: { line: string; says: string }[] = [
  { line: "statsu", says: "unknown command 'statsu'\n(Did you mean status?)" },
  { line: "status --jsno", says: "unknown option '--jsno'\n(Did you mean --json?)" },
  { line: "status now", says: "too many arguments" },
  { line: "apply", says: "required option '-f, --file <file>' not specified" },
  { line: "drain", says: "missing required argument 'destination'" },
  { line: "drain web1", says: 'Cannot drain: destination is "web1", wanted address or address:port' },
  { line: "connections -n 0", says: 'limit is "0", wanted a whole number from 1 to 1000000' },
  { line: "connections -n ten", says: 'limit is "ten", wanted a whole number from 1 to 1000000' },
  { line: "connections --client x", says: 'client is "x", wanted address or address:port' },
  {
    line: "connections --service http",
    says: 'service is "http", wanted a service such as "tcp 192.0.2.1:80"',
  },
  { line: "connections --service mark/0", says: 'service is "mark/0", wanted a service such as' },
  { line: "explain tcp 198.51.100.7", says: "missing required argument 'virtual'" },
  {
    line: "explain icmp 198.51.100.7 192.0.2.10:80",
    says: 'protocol is "icmp", wanted "tcp", "udp" or "sctp"',
  },
  { line: "explain tcp 198.51.100.7 192.0.2.10", says: 'virtual is "192.0.2.10", wanted address:port' },
  {
    line: "explain tcp 198.51.100.7 192.0.2.10:80 --mark 0",
    says: 'mark is "0", wanted a whole number from 1',
  },
  { line: "completion fish", says: 'Cannot complete: shell is "fish", wanted "bash"' },
];
for (const { line, says } of usage) {
  test(`"tandem ${line}" is wrong usage: exit code 2, and says why`, async () => {
    const { err, out, exitCode } = await tandem(line);
    expect(err).toContain(says);
    expect({ out, exitCode }).toEqual({ out: "", exitCode: 2 });
  });
}

test("a failure with --json is a JSON value as well", async () => {
  const { out, err } = await tandem("drain 10.0.0.9 --json");
  const message = 'Cannot find destination "10.0.0.9"';
  expect(JSON.parse(out)).toEqual({
    error: { code: "not_found", what: "destination", key: "10.0.0.9", message },
  });
  expect(err).toBe(`error: ${message}\n`);
});

test("every command has help with an example, and its options are in it", async () => {
  for (const command of COMMANDS) {
    const { out, exitCode } = await runTandem("/nowhere.sock", [command.name, "--help"]);
    expect(exitCode).toBe(0);
    expect(out).toContain(`  tandem ${command.examples[0]![0]}`);
    for (const { flags } of command.options) expect(out).toContain(flags);
    expect(out).toContain("-s, --socket <path>");
  }
});

test("no command at all shows the help and exits 2", async () => {
  const { err, exitCode } = await runTandem("/nowhere.sock", []);
  expect(exitCode).toBe(2);
  for (const { name } of COMMANDS) expect(err).toContain(`  ${name}`);
});

test("a daemon that is not there is told in words", async () => {
  const socket = join(await createFolder(), "api.sock");
  expect(await runTandem(socket, ["status"])).toEqual({
    out: "",
    exitCode: 1,
    err: `error: Cannot reach the daemon at "${socket}": nothing is there; is it running? Start it with \`tandem run\`, or name its socket with --socket\n`,
  });
});

test("a daemon that died is told from one that never was", async () => {
  const socket = join(await createFolder(), "api.sock");
  await writeFile(socket, "");
  expect((await runTandem(socket, ["status"])).err).toContain(
    "nobody listens; it has ended without tidying up",
  );
});

test("a daemon that hangs up is told in words", async () => {
  const socket = join(await createFolder(), "api.sock");
  const server = createServer((client) => client.destroy()).listen(socket);
  onTestFinished(() => void server.close());
  const { err, exitCode } = await runTandem(socket, ["status"]);
  expect({ exitCode, start: err.slice(0, 40) }).toEqual({
    exitCode: 1,
    start: 'error: Cannot reach the daemon at "/tmp/',
  });
});

test("colour is for terminals, and NO_COLOR turns it off", async () => {
  const coloured = "\u001b[32mAll is well.\u001b[39m";
  expect((await tandem("status", { isTTY: true })).out).toContain(coloured);
  expect((await tandem("status", { isTTY: true, env: { NO_COLOR: "1" } })).out).not.toContain("\u001b");
  expect((await tandem("status", { isTTY: true, env: { TERM: "dumb" } })).out).not.toContain("\u001b");
  expect((await tandem("status")).out).not.toContain("\u001b");
});

test("the program runs by a link from elsewhere, and finds its daemon by TANDEM_SOCKET", async () => {
  const socket = await startFakeDaemon();
  const link = join(await createFolder(), "tandem");
  await symlink(join(import.meta.dirname, "../../bin/tandem"), link);
  const env = { PATH: "/usr/bin:/bin", TANDEM_SOCKET: socket };
  const { stdout } = await promisify(execFile)(link, ["status"], { cwd: "/", env });
  expect(stdout).toMatch(/^All is well\.\n/);
});
