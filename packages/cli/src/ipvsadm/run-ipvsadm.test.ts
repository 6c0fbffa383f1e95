import type { ConnectionStatus } from "@tandem/engine";
import { DocumentSpec, LbError } from "@tandem/model";
import { expect, test } from "vitest";
import { fakeConnection } from "../testing/fake-connections.ts";
import { fakeServices } from "../testing/fake-services.ts";
import { COMMANDS, OPTIONS } from "./options.ts";
import { createRecordedNode, type RecordedNodeOptions } from "./testing-recording.ts";

/** Run lines; what the last one prints. */
async function run(lines: readonly string[], options: RecordedNodeOptions = {}) {
  const node = createRecordedNode(options);
  let printed = { exitCode: 0, output: "", errors: "" };
  for (const line of lines) printed = await node.run(line);
  return printed;
}
const output = async (...lines: string[]) => (await run(lines)).output;

/** Of a recording of ipvsadm 1.31 on Linux 6.1; `·` is a blank at a line's end. */
const recorded = (text: string): string =>
  text.slice(1).replace(/^ {4}/gm, "").replace(/ *$/, "").replaceAll("·", " ");

const CONFIGURATION = [
  "-A -t 10.0.0.100:443 -s wlc -p",
  "-a -t 10.0.0.100:443 -r 192.168.1.12:443 -g -w 100 -x 1000 -y 500",
  "-a -t 10.0.0.100:443 -r 192.168.1.11:443 -g -w 65535",
  "-A -t 10.0.0.100:8080 -s wrr -p 360 -M 255.255.255.0",
  "-a -t 10.0.0.100:8080 -r 192.168.1.12 -i -w 3 --tun-type ipip",
  "-a -t 10.0.0.100:8080 -r 192.168.1.15 -i -w 2 --tun-type gue --tun-port 6082 --tun-remcsum",
  "-a -t 10.0.0.100:8080 -r 192.168.1.17 -i -w 2 --tun-type gre",
  "-A -u 10.0.0.100:53 -s rr -o",
  "-a -u 10.0.0.100:53 -r 192.168.1.12:5353 -m -x 10",
  "-A --sctp-service 10.0.0.100:9899 -s lc",
  "-A -f 1 -s wlc",
  "-a -f 1 -r 192.168.1.13:0 -m -w 4",
  "-A -f 2 -6 -s sh -b sh-port",
  "-A -f 4294967295 -s rr -p 10",
  "-A -t [2001:db8:1::100]:443 -s sh -p 600 -M 64",
  "-a -t [2001:db8:1::100]:443 -r [fd00:1::11]:443 -i --tun-type gue --tun-port 6080",
  "-a -t [2001:db8:1::100]:443 -r 192.168.1.11:443 -i",
  "-A -u 10.0.0.100:5060 -s rr -p 60 --pe sip",
  "-A -t 10.0.0.101:1024 -s sh -b flag-3",
  "-A -t 10.0.0.101:1028 -s mh -b mh-fallback,mh-port",
  "-A -t 10.0.0.101:1030 -s rr -b flag-1,flag-2",
];

const listings: readonly (readonly [line: string, text: string])[] = [
  [
    "-L -n",
    `
    IP Virtual Server version 1.2.1 (size=4096)
    Prot LocalAddress:Port Scheduler Flags
      -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
    FWM  -1 rr persistent 10
    TCP  10.0.0.100:443 wlc persistent 360
      -> 192.168.1.11:443             Route   65535  0          0·········
      -> 192.168.1.12:443             Route   100    0          0·········
    TCP  10.0.0.100:8080 wrr persistent 360 mask 255.255.255.0
      -> 192.168.1.12:8080            Tunnel  3      0          0·········
      -> 192.168.1.15:8080            Tunnel  2      0          0·········
      -> 192.168.1.17:8080            Tunnel  2      0          0·········
    TCP  10.0.0.101:1024 sh ()
    TCP  10.0.0.101:1028 mh (mh-fallback,mh-port)
    TCP  10.0.0.101:1030 rr (flag-1,flag-2)
    UDP  10.0.0.100:53 rr ops
      -> 192.168.1.12:5353            Masq    1      0          0·········
    UDP  10.0.0.100:5060 rr persistent 60 pe sip
    SCTP 10.0.0.100:9899 lc
    TCP  [2001:db8:1::100]:443 sh persistent 600 mask 64
      -> 192.168.1.11:443             Tunnel  1      0          0·········
      -> [fd00:1::11]:443             Tunnel  1      0          0·········
    FWM  1 wlc
      -> 192.168.1.13:0               Masq    4      0          0·········
    FWM  2 IPv6 sh (sh-port)
    `,
  ],
  [
    "-Ln -t 10.0.0.100:8080 --tun-info",
    `
    Prot LocalAddress:Port Scheduler Flags
      -> RemoteAddress:Port           Forward TunnelInfo    Weight ActiveConn InActConn
    TCP  10.0.0.100:8080 wrr persistent 360 mask 255.255.255.0
      -> 192.168.1.12:8080            Tunnel  ipip          3      0          0·········
      -> 192.168.1.15:8080            Tunnel  gue:6082:r+c  2      0          0·········
      -> 192.168.1.17:8080            Tunnel  gre:-c        2      0          0·········
    `,
  ],
  [
    "-Ln -t 10.0.0.100:443 --thresholds",
    `
    Prot LocalAddress:Port            Uthreshold Lthreshold ActiveConn InActConn·
      -> RemoteAddress:Port
    TCP  10.0.0.100:443 wlc persistent 360
      -> 192.168.1.11:443             0          0          0          0·········
      -> 192.168.1.12:443             1000       500        0          0·········
    `,
  ],
  [
    "-Ln -t 10.0.0.100:443 --persistent-conn",
    `
    Prot LocalAddress:Port            Weight    PersistConn ActiveConn InActConn·
      -> RemoteAddress:Port
    TCP  10.0.0.100:443 wlc persistent 360
      -> 192.168.1.11:443             65535     0           0          0·········
      -> 192.168.1.12:443             100       0           0          0·········
    `,
  ],
  [
    "-Ln -t 10.0.0.100:8080 --rate",
    `
    Prot LocalAddress:Port                 CPS    InPPS   OutPPS    InBPS   OutBPS
      -> RemoteAddress:Port
    TCP  10.0.0.100:8080                     0        0        0        0        0
      -> 192.168.1.12:8080                   0        0        0        0        0
      -> 192.168.1.15:8080                   0        0        0        0        0
      -> 192.168.1.17:8080                   0        0        0        0        0
    `,
  ],
  [
    "-Ln -u 10.0.0.100:53 --nosort --stats --thresholds",
    `
    Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes
      -> RemoteAddress:Port
    UDP  10.0.0.100:53                       0        0        0        0        0
      -> 192.168.1.12:5353                   0        0        0        0        0
    `,
  ],
  [
    "-S -n",
    `
    -A -f -1 -s rr -p 10
    -A -t 10.0.0.100:443 -s wlc -p 360
    -a -t 10.0.0.100:443 -r 192.168.1.11:443 -g -w 65535
    -a -t 10.0.0.100:443 -r 192.168.1.12:443 -g -w 100
    -A -t 10.0.0.100:8080 -s wrr -p 360 -M 255.255.255.0
    -a -t 10.0.0.100:8080 -r 192.168.1.12:8080 -i -w 3 --tun-type ipip
    -a -t 10.0.0.100:8080 -r 192.168.1.15:8080 -i -w 2 --tun-type gue --tun-port 6082 --tun-remcsum
    -a -t 10.0.0.100:8080 -r 192.168.1.17:8080 -i -w 2 --tun-type gre --tun-nocsum
    -A -t 10.0.0.101:1024 -s sh -b·
    -A -t 10.0.0.101:1028 -s mh -b mh-fallback,mh-port
    -A -t 10.0.0.101:1030 -s rr -b flag-1,flag-2
    -A -u 10.0.0.100:53 -s rr -o
    -a -u 10.0.0.100:53 -r 192.168.1.12:5353 -m -w 1
    -A -u 10.0.0.100:5060 -s rr -p 60 --pe sip
    -A --sctp-service 10.0.0.100:9899 -s lc
    -A -t [2001:db8:1::100]:443 -s sh -p 600 -M 64
    -a -t [2001:db8:1::100]:443 -r 192.168.1.11:443 -i -w 1 --tun-type ipip
    -a -t [2001:db8:1::100]:443 -r [fd00:1::11]:443 -i -w 1 --tun-type gue --tun-port 6080 --tun-nocsum
    -A -f 1 -s wlc
    -a -f 1 -r 192.168.1.13:0 -m -w 4
    -A -f 2 -6 -s sh -b sh-port
    `,
  ],
  ["-L --timeout", "\n    Timeout (tcp tcpfin udp): 900 120 300\n    "],
];
for (const [line, text] of listings)
  test(`${line} prints what the tool prints, to the byte`, async () =>
    expect(await output(...CONFIGURATION, line)).toBe(recorded(text)));

test("--nosort lists services as they were made, marks last, and real servers as the kernel has them: the newest first", async () => {
  const listed = await output(...CONFIGURATION, "-Ln --nosort");
  const names = listed.split("\n").flatMap((line) => /(?:TCP|UDP|SCTP|FWM|->)\s+(\S+)/.exec(line)?.[1] ?? []);
  expect(names.slice(1, 4)).toEqual(["10.0.0.100:443", "192.168.1.11:443", "192.168.1.12:443"]);
  expect(names.slice(-4)).toEqual(["1", "192.168.1.13:0", "2", "-1"]);
});

const NAMES = {
  hosts: { "10.0.0.100": "vip.example.test", "192.168.1.12": "a-very-long-real-server-host.example.test" },
  ports: { "443/tcp": "https", "8080/tcp": "http-alt", "53/udp": "domain" },
};
test("names stand for addresses and ports where there are some, cut to their columns", async () => {
  const lines = [...CONFIGURATION.slice(0, 9), "-a -u 10.0.0.100:53 -r 192.168.1.9:7 -m", "-L --stats"];
  const listed = (await run(lines, NAMES)).output.split("\n").slice(3, -1);
  expect(listed.map((line) => line.slice(0, 33))).toEqual([
    "TCP  vip.example.test:https      ",
    "  -> 192.168.1.11:https          ",
    "  -> a-very-long-real-server-host",
    "TCP  vip.example.test:http-alt   ",
    "  -> a-very-long-real-server-host",
    "  -> 192.168.1.15:http-alt       ",
    "  -> 192.168.1.17:http-alt       ",
    "UDP  vip.example.test:domain     ",
    "  -> 192.168.1.9:7               ",
    "  -> a-very-long-real-server-host",
  ]);
});

test("names on the command line are looked up, by protocol; what has none is refused as an address is", async () => {
  const lines = ["-A -t vip.example.test:https", "-Sn"];
  expect((await run(lines, NAMES)).output).toBe("-A -t 10.0.0.100:443 -s wlc\n");
  for (const line of ["-A -u vip.example.test:https", "-A -t no.example.test:80", "-A -t 1234"])
    expect(await run([line], NAMES)).toMatchObject({
      exitCode: 2,
      errors: "illegal virtual server address[:port] specified\n",
    });
});

test("-L shows effective weights, -S saves configured ones", async () => {
  const [service] = fakeServices;
  const [first] = service!.destinations;
  const at = `${service!.address}:${service!.port}`;
  const services = [{ ...service!, destinations: [{ ...first!, configuredWeight: 10, effectiveWeight: 0 }] }];
  const lines = [`-A -t ${at}`, `-a -t ${at} -r ${first!.address}:${first!.port} -m -w 10`];
  expect((await run([...lines, "-Ln"], { services })).output).toContain("Masq    0 ");
  expect((await run([...lines, "-Sn"], { services })).output).toContain("-m -w 10\n");
  const edit = `-e -t ${at} -r ${first!.address}:${first!.port} -m -w 7`;
  expect((await run([...lines, edit, "-Ln"], { services })).output).toContain("Masq    7 "); // nobody knows better yet
});

const connection = (change: Partial<ConnectionStatus>): ConnectionStatus => ({
  ...fakeConnection(20001),
  client: "10.1.0.5:20001",
  virtual: "10.0.0.100:80",
  destination: "192.168.1.12:8080",
  state: "ESTABLISHED",
  expiresInSeconds: 898.7,
  ...change,
});
const CONNECTIONS = [
  connection({}),
  connection({
    client: "[2001:db8:2::5]:20001",
    virtual: "[2001:db8:1::100]:80",
    destination: "[fd00:1::11]:8080",
  }),
  connection({
    client: "10.1.0.10:0",
    virtual: "0.0.0.1:0",
    destination: "192.168.1.14:0",
    state: "ASSURED",
    expiresInSeconds: 118,
    template: true,
    mark: 1,
  }),
  connection({
    protocol: "udp",
    client: "10.1.0.12:4711",
    virtual: "10.0.0.100:5060",
    destination: "192.168.1.11:5060",
    state: "NONE",
    expiresInSeconds: 58,
    template: true,
    callId: "a84b4c76e66710@pc33.example.test",
  }),
  connection({ protocol: "sctp", client: "10.1.0.9:6000", state: "INIT1", expiresInSeconds: 7261 }),
];
test("-L -c prints connections and templates", async () => {
  const printed = await run(["-Lnc"], { connections: CONNECTIONS });
  expect(printed.output).toBe(
    recorded(`
    IPVS connection entries
    pro expire state       source             virtual            destination
    TCP 14:58  ESTABLISHED 10.1.0.5:20001     10.0.0.100:80      192.168.1.12:8080
    TCP 14:58  ESTABLISHED [2001:db8:2::5]:20001 [2001:db8:1::100]:80 [fd00:1::11]:8080
    IP  01:58  ASSURED     10.1.0.10:0        0.0.0.1:0          192.168.1.14:0
    UDP 00:58  NONE        10.1.0.12:0        10.0.0.100:5060    192.168.1.11:5060
    SCTP 121:01  INIT1       10.1.0.9:6000      10.0.0.100:80      192.168.1.12:8080
    `),
  );
});

test("-L -c --persistent-conn adds what told the clients of a template apart", async () => {
  const lines = ["-Lnc --persistent-conn"];
  const [, header, , , , template] = (await run(lines, { connections: CONNECTIONS })).output.split("\n");
  expect(header).toMatch(/destination {8}pe name {10}pe_data$/);
  expect(template).toBe(
    "UDP 00:58  NONE        10.1.0.12:0        10.0.0.100:5060    192.168.1.11:5060 sip                a84b4c76e66710@pc33.example.test",
  );
});

const DAEMONS = { interfaces: { dc0: 1500, dr0: 9000 } };
test("sync daemons are kept in the document with what the kernel would fill in, and listed", async () => {
  const lines = [
    "--start-daemon backup --mcast-interface dr0 --syncid 8 --sync-maxlen 1400 --mcast-group 224.0.0.99 --mcast-port 9999 --mcast-ttl 5",
    "--start-daemon master --mcast-interface dc0 --mcast-group ff02::1",
  ];
  expect((await run([...lines, "-L --daemon"], DAEMONS)).output).toBe(
    "master sync daemon (mcast=dc0, syncid=0, maxlen=1452, group=ff02::1, port=8848, ttl=1)\n" +
      "backup sync daemon (mcast=dr0, syncid=8, maxlen=1400, group=224.0.0.99, port=9999, ttl=5)\n",
  );
  expect((await run([...lines, "--stop-daemon master", "-L --daemon"], DAEMONS)).output).toMatch(/^backup/);
});

const refusals: readonly (readonly [lines: string[], exitCode: number, errors: string])[] = [
  [["-Ln -t 10.0.0.100:9999"], 1, "No such service"],
  [["-A -f 2 -6", "-Ln -f 2"], 1, "No such service"],
  [["-Z -t 10.0.0.100:9999"], 255, "No such service"],
  [["--start-daemon backup"], 255, "No such device"],
  [["--stop-daemon backup"], 255, "No daemon is running"],
  [
    ["--start-daemon master --mcast-interface dc0", "--start-daemon master --mcast-interface dc0"],
    255,
    "Daemon has already run",
  ],
  [["-Ln -6"], 2, "-6 used before -f\n"],
  [["-Lx"], 255, "-Lx: missing argument"],
  [["--start-daemon"], 255, "Try `ipvsadm -h' or 'ipvsadm --help' for more information."],
];
for (const [lines, exitCode, errors] of refusals)
  test(`${lines.at(-1)} is refused as the tool does it`, async () =>
    expect(await run(lines, DAEMONS)).toEqual({ exitCode, output: "", errors: `${errors}\n` }));

test("methods that the tool has no word for stay where it says its own for them, and go where it says another", async () => {
  const services = [
    {
      ...{
        protocol: "tcp",
        address: "10.0.0.100",
        port: 80,
        method: "full-nat",
        sourceAddresses: ["10.0.1.250"],
      },
      destinations: [{ address: "10.0.1.1" }, { address: "10.0.1.2", method: "local" }],
    },
  ];
  const node = createRecordedNode({ document: { services } });
  const methods = () =>
    node.document().services.flatMap((s) => s.destinations.map((d) => d.method ?? s.method));
  await node.run("-e -t 10.0.0.100:80 -r 10.0.1.1:80 -m -w 0");
  await node.run("-e -t 10.0.0.100:80 -r 10.0.1.2:80 -g -w 0");
  expect(methods()).toEqual(["full-nat", "local"]);
  const { output: rules } = await node.run("-S -n");
  await node.run("-R --replace", rules);
  expect(methods().sort()).toEqual(["full-nat", "local"]);
  await node.run("-e -t 10.0.0.100:80 -r 10.0.1.1:80 -g");
  await node.run("-d -t 10.0.0.100:80 -r 10.0.1.2:80");
  await node.run("-a -t 10.0.0.100:80 -r 10.0.1.2:80 -m");
  expect(methods().sort()).toEqual(["direct-route", "masquerade"]);
});

test("lines that say again what the document leaves to defaults change nothing of it", async () => {
  const a = { address: "10.0.1.1" };
  const services = [
    { protocol: "tcp", address: "10.0.0.101", port: 80 },
    { protocol: "tcp", address: "10.0.0.100", port: 80, method: "tunnel", destinations: [a] },
    {
      protocol: "udp",
      address: "10.0.0.100",
      port: 53,
      method: "direct-route",
      persistence: {},
      destinations: [a],
    },
  ];
  const node = createRecordedNode({ document: { services } });
  const before = node.document();
  const saved = await node.run("-S -n");
  expect(await node.run("-R", `-C\n${saved.output}`)).toMatchObject({ exitCode: 0 });
  await node.run("-E -t 10.0.0.100:80 -s wlc");
  await node.run("-e -u 10.0.0.100:53 -r 10.0.1.1:53 -g");
  expect(node.document()).toEqual(before);
  await node.run("-e -u 10.0.0.100:53 -r 10.0.1.1:53 -i");
  expect(node.document()).not.toEqual(before);
  await node.run("-a -u 10.0.0.100:53 -r 10.0.1.2:53 -i");
  const [last] = node.document().services.slice(-1);
  const lines = ["2", "1"].map((n) => `-a -u 10.0.0.100:53 -r 10.0.1.${n}:53 -i\n`).join("");
  await node.run("-R", `-D -u 10.0.0.100:53\n-A -u 10.0.0.100:53 -s wlc -p\n${lines}`);
  expect(node.document().services.at(-1)!.destinations).toEqual(last!.destinations.toReversed());
});

test("whoever may only look is told what the tool tells those who are not root", async () => {
  const node = createRecordedNode();
  for (const line of ["-A -t 10.0.0.100:80", "-C", "-Z", "--set 1 2 3"])
    expect(await node.run(line, "", "view")).toMatchObject({
      exitCode: 255,
      errors:
        'Permission denied (you must be root)\nCannot change anything: "ann" has the role "view", wanted the role "operate" to weigh and to zero, "admin" for more\n',
    });
  expect((await node.run("-Ln", "", "view")).exitCode).toBe(0);
  expect(node.failures).toEqual(["forbidden", "forbidden", "forbidden", "forbidden"]);
});

test("what the node fails in is told in the tool's way", async () => {
  const fails = async () => {
    throw new LbError({ code: "unavailable", what: "the forwarder", why: "it has ended" });
  };
  const node = createRecordedNode({ services: fails });
  expect(await node.run("-Ln")).toEqual({
    exitCode: 255,
    output: "",
    errors: "Cannot reach the forwarder: it has ended\n",
  });
  expect(node.failures).toEqual([]); // nobody wanted to change anything
});

test("--all-nodes lists what all directors have together, tells who did not answer, and stands with listings alone", async () => {
  const node = createRecordedNode({
    everywhere: (tell) => ({
      async services() {
        tell('Cannot reach node "lb2": it does not answer');
        return [];
      },
      async *connections() {},
    }),
    services: () => Promise.reject(new Error("asked here")),
  });
  const { exitCode, output, errors } = await node.run("-Ln --all-nodes");
  expect({ exitCode, errors }).toEqual({
    exitCode: 1,
    errors: 'Cannot reach node "lb2": it does not answer\n',
  });
  expect(output).toContain("Prot LocalAddress:Port");
  expect(await node.run("-Lnc --all-nodes")).toMatchObject({ exitCode: 0 });
  const save = await node.run("-S --all-nodes");
  expect(save.errors).toContain("Illegal 'all-nodes' option with the 'save' command");
});

/** Words that lines are made of: options and commands of the tool, values that fit somewhere, and some that fit nowhere. */
const WORDS = [
  ...OPTIONS.flatMap(({ short, long }) => [...(short ? [`-${short}`] : []), `--${long}`]),
  ...COMMANDS.flatMap(({ short, long }) => [...short.map((s) => `-${s}`), ...long.map((l) => `--${l}`)]),
  ...["10.0.0.1:80", "[2001:db8::1]:80", "10.0.0.2", "fd00::2", "127.0.0.1:80", "0.0.0.0:0", "name:http"],
  ...[
    "rr",
    "sh",
    "none",
    "sip",
    "gue",
    "gre",
    "1",
    "0",
    "-1",
    "65536",
    "4294967295",
    "99999999999",
    "255.255.0.0",
  ],
  ...[
    "sh-port,flag-3",
    "master",
    "backup",
    "lo",
    "224.0.0.81",
    "-",
    "--",
    "",
    "=",
    "--weight=5",
    "-w5",
    "-Ln",
  ],
  ...["__proto__", "constructor", "\u0000", "é", "🙂", "%s%n", "$(id)", "x".repeat(5000)],
];

test("whatever is typed is answered in a line or carried out whole, and the document stays one", async () => {
  const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
  let state = seed;
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >>> 8) % below;
  };
  const node = createRecordedNode({ interfaces: { lo: 65_536 } });
  const line = () => Array.from({ length: 1 + random(8) }, () => WORDS[random(WORDS.length)]!);
  for (let i = 0; i < 3000; i++) {
    const args = line();
    const input = Array.from({ length: random(4) }, () => line().join(" ")).join("\n");
    const { exitCode, errors } = await node.runWords(args, input);
    expect([0, 1, 2, 255], `seed ${seed}: ${JSON.stringify(args)}`).toContain(exitCode);
    expect(errors === "" || exitCode !== 0, `seed ${seed}: ${JSON.stringify(args)}`).toBe(true);
    expect(errors, `seed ${seed}: ${JSON.stringify(args)}`).not.toMatch(/ {4}at |undefined|\[object/);
  }
  expect(DocumentSpec.safeParse(node.document()).success).toBe(true);
});
