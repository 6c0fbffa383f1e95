import { expect, test } from "vitest";
import { parseIpvsadm } from "./parse.ts";

const parse = (line: string) => parseIpvsadm(line === "" ? [] : line.split(" "));
const vip = { protocol: "tcp", address: "10.0.0.100", port: 80 };
const plain = { scheduler: "wlc", schedulerFlags: [], onePacket: false };
const server = { method: "direct-route", weight: 1, upperThreshold: 0, lowerThreshold: 0 };

const commands = [
  ["-A -t 10.0.0.100:80", { name: "add-service", service: vip, settings: plain }],
  ["--add-service --tcp-service=10.0.0.100:80", { name: "add-service", service: vip, settings: plain }],
  [
    "-E -t 10.0.0.100:80 -s sh -b sh-port,sh-fallback,flag-3 -p",
    {
      name: "edit-service",
      service: vip,
      settings: {
        ...plain,
        scheduler: "sh",
        schedulerFlags: ["port", "fallback", "third"],
        persistence: { timeout: 360 },
      },
    },
  ],
  [
    "-A -u [2001:DB8::1]:53 -o -p 60 -M 64 --pe sip",
    {
      name: "add-service",
      service: { protocol: "udp", address: "2001:db8::1", port: 53 },
      settings: { ...plain, onePacket: true, persistence: { timeout: 60, prefix: 64 }, engine: "sip" },
    },
  ],
  [
    "-A -t 10.0.0.100:80 -p 9 -M 255.255.255.0",
    {
      name: "add-service",
      service: vip,
      settings: { ...plain, persistence: { timeout: 9, prefix: 24 } },
    },
  ],
  ["-D --sctp-service 10.0.0.100:80", { name: "delete-service", service: { ...vip, protocol: "sctp" } }],
  ["-D -f 7 -6", { name: "delete-service", service: { mark: 7, family: 6 } }],
  ["-C", { name: "flush", keeps: false }],
  [
    "-a -t 10.0.0.100:80 -r 10.1.0.1 -m -w5 -x 9 -y 3",
    {
      name: "add-server",
      service: vip,
      server: { address: "10.1.0.1", port: 80 },
      settings: { method: "masquerade", weight: 5, upperThreshold: 9, lowerThreshold: 3 },
    },
  ],
  [
    "-a -t 10.0.0.100:80 -r 10.1.0.1:8080",
    { name: "add-server", service: vip, server: { address: "10.1.0.1", port: 80 }, settings: server },
  ],
  [
    "-e -f 7 -r 10.1.0.1 -i --tun-type gue --tun-port 6080 --tun-remcsum",
    {
      name: "edit-server",
      service: { mark: 7, family: 4 },
      server: { address: "10.1.0.1", port: 0 },
      settings: { ...server, method: "tunnel", tunnel: { type: "gue", port: 6080, checksum: "remote" } },
    },
  ],
  [
    "-d -t 10.0.0.100:80 -r 10.1.0.1:8080",
    { name: "delete-server", service: vip, server: { address: "10.1.0.1", port: 8080 } },
  ],
  ["--set 1 0 2678400", { name: "set", tcp: 1, tcpFin: 0, udp: 2_678_400 }],
  ["-Z", { name: "zero" }],
  ["-Sn", { name: "save", numeric: true }],
  ["--stop-daemon master --syncid 5", { name: "stop-daemon", mode: "master", syncId: 5 }],
] as const;
for (const [line, wanted] of commands)
  test(`${line} asks for ${wanted.name}`, () => {
    expect(parse(line)).toEqual(wanted);
  });

test("a line without words asks for the list, and -Lnc for numeric connections", () => {
  expect(parse("")).toMatchObject({ name: "list", what: "services", view: { numeric: false } });
  expect(parse("-Lnc")).toMatchObject({ name: "list", what: "connections", view: { numeric: true } });
  expect(parse("-Lnc --persistent-conn")).toMatchObject({ what: "connections" });
});

/** Recorded of ipvsadm 1.31: exit status and first line of what it says. */
const refusals: readonly (readonly [string, number, string])[] = [
  ["-A", 2, "You need to supply the 'service-address' option for the 'add-service' command"],
  ["-A -t", 255, "-t: missing argument"],
  ["-A -f 0", 2, "invalid fwmark value `0' specified"],
  ["-A -f 0x10", 2, "invalid fwmark value `0x10' specified"],
  ["-A -t 10.0.0.100:65536", 2, "illegal virtual server address[:port] specified"],
  ["-A -t [2001:db8:1::100]", 2, "illegal virtual server address[:port] specified"],
  ["-A -t 2001:db8:1::100:80 -s rr", 2, "Zero port specified for non-persistent service"],
  ["-A -t 10.0.0.100:82 -p 0", 2, "invalid timeout value `0' specified"],
  ["-A -t 10.0.0.100:82 -p -5", 255, "-5: unknown option"],
  ["-A -t [2001:db8:1::100]:83 -p 50 -M 129", 2, "illegal ipv6 netmask specified"],
  ["-A -t 10.0.0.100:84 -u 10.0.0.100:84", 2, "multiple 'service-address' options specified"],
  ["-A -t 10.0.0.100:84 -o", 2, "One-Packet Scheduling is only for UDP virtual services"],
  ["-A -t 10.0.0.100:85 -w 5", 2, "Illegal 'weight' option with the 'add-service' command"],
  ["-A -t 10.0.0.100:86 -6", 2, "-6 used before -f\n"],
  ["-A -t 10.0.0.100:86 -s sh -b nosuchflag", 2, "invalid scheduler flag `nosuchflag'"],
  ["-A -t 10.0.0.100:87 -Z", 2, "invalid option `-Z'"],
  ["-a -t 10.0.0.100:80 -r 10.1.0.1 -m -g", 2, "multiple 'forwarding-method' options specified"],
  ["-a -t 10.0.0.100:80 -r 999.1.1.1:80", 2, "illegal real server address[:port] specified"],
  ["-a -t 10.0.0.100:80 -r 10.1.0.1 -w 2147483648", 2, "illegal weight specified"],
  ["-a -t 10.0.0.100:80 -r 10.1.0.1 -x -1", 2, "illegal u_threshold specified"],
  [
    "-a -t 10.0.0.100:80 -r [fd00::1]:80 -m",
    2,
    "Different address family is allowed only for tunneling servers",
  ],
  [
    "-a -t 10.0.0.100:80 -r 10.1.0.1 -i --tun-type gue",
    2,
    "You need to supply the 'tun-port' option for the 'gue' tunnel type",
  ],
  [
    "-a -t 10.0.0.100:80 -r 10.1.0.1 -i --tun-port 6080",
    2,
    "Illegal 'tun-port' option with the 'ipip' tunnel type",
  ],
  [
    "-a -t 10.0.0.100:80 -r 10.1.0.1 -i --tun-csum",
    2,
    "Illegal 'tun-csum' option with the 'ipip' tunnel type",
  ],
  [
    "-a -t 10.0.0.100:80 -r 10.1.0.1 -m --tun-type gue --tun-port 6080",
    2,
    "Tunnel options conflict with forward method",
  ],
  [
    "-a -t 10.0.0.100:80 -r 10.1.0.1 -i --tun-type gue --tun-port 6080 --tun-csum --tun-remcsum",
    2,
    "The option 'tun-remcsum' conflicts with the 'tun-csum' option in the 'gue' tunnel type",
  ],
  ["-C extra", 2, "unexpected argument extra"],
  ["-A -t [10.0.0.100]:80", 2, "Zero port specified for non-persistent service"],
  ["-C -w 5 -n", 2, "Illegal 'numeric' option with the 'flush' command"],
  ["-S -r 192.168.1.x --help", 2, "illegal real server address[:port] specified"],
  ["-L --stats=5", 255, "--stats=5: option does not take an argument"],
  ["-L -- -n", 2, "unexpected argument -n"],
  ["-LnA", 2, "invalid option `-LnA'"],
  ["-L -c --timeout", 2, "The option 'timeout' conflicts with the 'connection' option in the 'list' command"],
  ["--set -n", 2, "--set option requires 3 timeout values"],
  ["-A -t 10.0.0.100:80 -b sh-port", 2, "incompatible scheduler flag `sh-port'"],
  ["-A -t 10.0.0.100:80 -p-5", 2, "invalid timeout value `-5' specified"],
  ["-A -t 10.0.0.100:80 -M x", 2, "illegal virtual server persistent mask specified"],
  ["-a -r 192.168.1.11:http -f 3", 2, "illegal real server address[:port] specified"],
  ["--start-daemon --mcast-interface dc0", 2, "illegal start-daemon parameter specified"],
  ["-Ln -o", 2, "Illegal 'ops' option with the 'list' command"],
  [
    "-Ln -o json",
    2,
    "unexpected argument json\nIn ipvsadm -o is one-packet scheduling: for data there is `tandem services -o json`",
  ],
  ["-C -n", 2, "Illegal 'numeric' option with the 'flush' command"],
  [
    "-L -c -t 10.0.0.100:80",
    2,
    "The option 'service-address' conflicts with the 'connection' option in the 'list' command",
  ],
  [
    "-L --timeout -t 10.0.0.100:80",
    2,
    "The option 'timeout' conflicts with the 'service-address' option in the 'list' command",
  ],
  ["-L --connection --stats", 2, "options conflicts in the list command"],
  ["-n", 255, "Try `ipvsadm -h' or 'ipvsadm --help' for more information."],
  ["--set 1 2", 2, "--set option requires 3 timeout values"],
  ["--set 99999999999 1 1", 2, "invalid timeout value `99999999999' specified"],
  ["--start-daemon nosuch", 2, "illegal start-daemon parameter specified"],
  ["--start-daemon master --mcast-group 10.0.0.1", 2, "invalid IPv4 mcast-group `10.0.0.1'"],
  ["--start-daemon master --syncid 256", 2, "illegal syncid specified"],
];
for (const [line, exit, message] of refusals)
  test(`${line} is refused as the tool does it`, () => {
    expect(parse(line)).toEqual({ exit, message });
  });
