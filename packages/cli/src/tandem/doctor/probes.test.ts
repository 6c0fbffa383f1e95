import { expect, test } from "vitest";
import { emptyMachine } from "../../testing/run-tandem.ts";
import { formatFindings } from "../commands/doctor.ts";
import { createPaint } from "../format.ts";
import { probeBpffs } from "./bpffs.ts";
import { probeCapabilities } from "./capabilities.ts";
import { probeFirewall } from "./firewall.ts";
import { probeKernelOptions } from "./kernel-options.ts";
import type { Machine } from "./machine.ts";
import type { Finding, Probe } from "./probe.ts";
import { PROBES } from "./probes.ts";
import { probeSysctls } from "./sysctls.ts";
import { probeVersions } from "./versions.ts";

interface Described {
  readonly files?: Record<string, string>;
  /** Output by command line; exit status 0. */
  readonly programs?: Record<string, string>;
  readonly links?: Record<string, string>;
}

/** A machine that has these files and says these words. */
function machine({ files = {}, programs = {}, links = {} }: Described): Machine {
  return {
    read: (path) => files[path],
    list: (path) => [
      ...new Set(
        Object.keys(files)
          .filter((name) => name.startsWith(`${path}/`))
          .map((name) => name.slice(path.length + 1).split("/")[0]!),
      ),
    ],
    follow: (path) => links[path],
    run(program, ...args) {
      const output = programs[[program, ...args].join(" ")];
      return output === undefined ? undefined : { status: 0, output };
    },
  };
}

const VIPS = ["192.0.2.10", "2001:db8::10"];

async function examine(
  probe: Probe,
  described: Described,
  virtualAddresses = VIPS,
  interfaces?: string[],
): Promise<string[]> {
  const findings = await probe({
    machine: machine(described),
    virtualAddresses,
    tunnels: [],
    interfaces,
    hasVrrp: false,
    marksWithoutRule: [],
  });
  return findings.map(({ check, verdict, found }) => `${verdict} ${check}: ${found}`);
}

test("no probe throws on a machine where nothing can be found, and one at least fails", async () => {
  const found = await Promise.all(
    PROBES.map((probe) =>
      probe({
        machine: emptyMachine,
        virtualAddresses: VIPS,
        tunnels: [],
        interfaces: undefined,
        hasVrrp: false,
        marksWithoutRule: [],
      }),
    ),
  );
  expect(found.every((findings) => findings.length > 0)).toBe(true);
  expect(found.flat().some(({ verdict }) => verdict === "fail")).toBe(true);
});

const conf = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`/proc/sys/net/${name}`, value]));

test("forwarding is looked at on each interface, not on the kernel's templates, the loopback and our own pair", async () => {
  const files = conf({
    "ipv4/conf/all/forwarding": "0",
    "ipv4/conf/default/forwarding": "0",
    "ipv4/conf/lo/forwarding": "0",
    "ipv4/conf/tandem-inject/forwarding": "0",
    "ipv4/conf/eth0/forwarding": "1",
    "ipv4/conf/eth1/forwarding": "0",
    "ipv4/conf/eth2/forwarding": "0",
  });
  const [forwarding] = await examine(probeSysctls, { files });
  expect(forwarding).toBe(
    "fail net.ipv4.conf.*.forwarding: 0 on eth1, eth2: the kernel refuses to route what comes in there",
  );
});

test("only the interfaces of the configuration are looked at, where there is one", async () => {
  const files = conf({ "ipv4/conf/eth0/forwarding": "1", "ipv4/conf/eth1/forwarding": "0" });
  const [forwarding] = await examine(probeSysctls, { files }, VIPS, ["eth0"]);
  expect(forwarding).toBe("ok net.ipv4.conf.*.forwarding: 1 on eth0");
});

test("a setting that a network namespace does not show is no reason for a warning", async () => {
  expect(await examine(probeSysctls, {})).toContain(
    "ok net.core.bpf_jit_enable: cannot be seen from this network namespace",
  );
});

test("settings that are good are told with their values", async () => {
  const files = conf({
    "ipv4/conf/eth0/forwarding": "1",
    "ipv6/conf/eth0/forwarding": "1",
    "ipv4/conf/eth0/rp_filter": "0",
    "ipv4/conf/eth1/rp_filter": "2",
    "ipv4/conf/eth0/send_redirects": "0",
    "core/bpf_jit_enable": "1",
  });
  expect(await examine(probeSysctls, { files })).toEqual([
    "ok net.ipv4.conf.*.forwarding: 1 on eth0",
    "ok net.ipv6.conf.*.forwarding: 1 on eth0",
    "ok net.ipv4.conf.*.rp_filter: 0 on eth0; 2 on eth1",
    "ok net.ipv4.conf.*.send_redirects: 0 on eth0",
    "ok net.core.bpf_jit_enable: 1",
  ]);
});

test("IPv6 forwarding does not matter without an IPv6 address", async () => {
  const checks = await examine(probeSysctls, {}, ["192.0.2.10"]);
  expect(checks.some((line) => line.includes("ipv6"))).toBe(false);
});

const capabilities: { name: string; hex: string; want: string }[] = [
  { name: "root", hex: "000001ffffffffff", want: "ok capabilities: all that are needed" },
  {
    name: "old style: SYS_ADMIN for BPF and PERFMON",
    hex: "0000000000203000",
    want: "ok capabilities: all that are needed",
  },
  { name: "exactly what is needed", hex: "000000c000003000", want: "ok capabilities: all that are needed" },
  { name: "no NET_RAW", hex: "000000c000001000", want: "fail capabilities: no CAP_NET_RAW to send packets" },
  {
    name: "a user",
    hex: "0000000000000000",
    want: "fail capabilities: no CAP_NET_ADMIN to attach programs and move addresses; no CAP_NET_RAW to send packets; no CAP_BPF to load programs and maps; no CAP_PERFMON to let programs read packets",
  },
];
for (const { name, hex, want } of capabilities) {
  test(`capabilities of ${name}`, async () => {
    const files = { "/proc/self/status": `Name:\tnode\nCapPrm:\t0000000000000000\nCapEff:\t${hex}\n` };
    expect(await examine(probeCapabilities, { files })).toEqual([want]);
  });
}

const complete = {
  files: { "/proc/sys/kernel/osrelease": "6.1.0-18-amd64" },
  programs: {
    "ldconfig -p":
      "2 libs\n\tlibbpf.so.1 (libc6,x86-64) => /lib/libbpf.so.1\n\tlibbpf.so (libc6) => /lib/libbpf.so\n",
    "keepalived --version": "Keepalived v2.2.7 (01/16,2022)\n\nCopyright(C) 2001-2022",
    "nats-server --version": "nats-server: v2.10.4",
  },
  links: { "/lib/libbpf.so.1": "/usr/lib/libbpf.so.1.1.2" },
};
test("versions that suffice are told", async () => {
  expect(await examine(probeVersions, complete)).toEqual([
    "ok Linux: 6.1.0",
    `ok Node.js: ${process.versions.node}`,
    "ok libbpf: 1.1.2",
    "ok keepalived: 2.2.7",
    "ok nats-server: 2.10.4",
  ]);
});

const versions: { name: string; described: Described; want: string }[] = [
  {
    name: "an old kernel",
    described: { files: { "/proc/sys/kernel/osrelease": "5.10.0-28-amd64" } },
    want: "fail Linux: 5.10.0, wanted 6.1",
  },
  {
    name: "a kernel by number, not by text",
    described: { files: { "/proc/sys/kernel/osrelease": "6.10.2" } },
    want: "ok Linux: 6.10.2",
  },
  { name: "no libbpf", described: { programs: {} }, want: "fail libbpf: not found, wanted 1.1" },
  {
    name: "an old libbpf",
    described: { ...complete, links: { "/lib/libbpf.so.1": "/lib/libbpf.so.1.0.0" } },
    want: "fail libbpf: 1.0.0, wanted 1.1",
  },
  { name: "no keepalived", described: {}, want: "warn keepalived: not found, wanted 2.2" },
  {
    name: "an unsafe NATS",
    described: { programs: { "nats-server --version": "nats-server: v2.9.10" } },
    want: "warn nats-server: 2.9.10 has known authentication bypasses",
  },
];
for (const { name, described, want } of versions) {
  test(`versions: ${name}`, async () => expect(await examine(probeVersions, described)).toContain(want));
}

const options = ["BPF_SYSCALL", "NET_CLS_ACT", "NET_SCH_INGRESS", "NET_CLS_BPF", "VETH", "PACKET"];
const built = (names: string[], as = "y") => names.map((name) => `CONFIG_${name}=${as}\n`).join("");
const kernels: { name: string; described: Described; want: string }[] = [
  {
    name: "with everything",
    described: { programs: { "zcat /proc/config.gz": built(options) } },
    want: "ok kernel options: all that are needed",
  },
  {
    name: "with modules, told by the distributor",
    described: {
      files: { "/proc/sys/kernel/osrelease": "6.1.0", "/boot/config-6.1.0": built(options, "m") },
    },
    want: "ok kernel options: all that are needed",
  },
  {
    name: "without two of them",
    described: {
      programs: { "zcat /proc/config.gz": `${built(options.slice(0, 4))}# CONFIG_VETH is not set\n` },
    },
    want: "fail kernel options: no CONFIG_VETH, for first packets of connections; no CONFIG_PACKET, for first packets of connections",
  },
  {
    name: "that does not tell",
    described: {},
    want: "ok kernel options: not told by this kernel; the start will show",
  },
];
for (const { name, described, want } of kernels) {
  test(`a kernel ${name}`, async () => expect(await examine(probeKernelOptions, described)).toEqual([want]));
}

const filesystems = "nodev\tsysfs\nnodev\tbpf\n\text4\n";
const bpffs: { name: string; files: Record<string, string>; want: string }[] = [
  {
    name: "mounted",
    files: {
      "/proc/filesystems": filesystems,
      "/proc/mounts": "proc /proc proc rw 0 0\nbpf /sys/fs/bpf bpf rw 0 0\n",
    },
    want: "ok bpffs: mounted at /sys/fs/bpf",
  },
  {
    name: "not mounted",
    files: { "/proc/filesystems": filesystems, "/proc/mounts": "proc /proc proc rw 0 0\n" },
    want: "ok bpffs: not mounted yet; the daemon will",
  },
  {
    name: "unknown to the kernel",
    files: { "/proc/filesystems": "nodev\tsysfs\n" },
    want: "fail bpffs: the kernel has no BPF file system: connections would not outlive the daemon",
  },
];
for (const { name, files, want } of bpffs) {
  test(`bpffs ${name}`, async () => expect(await examine(probeBpffs, { files })).toEqual([want]));
}

const daddr = (right: unknown, op = "==") => ({
  match: { op, left: { payload: { protocol: "ip", field: "daddr" } }, right },
});
const rule = (handle: number, expr: unknown, table = "filter") => ({
  rule: { family: "inet", table, chain: "input", handle, expr: [expr, { accept: null }] },
});
const nft = (...objects: object[]) => ({
  "nft -j list ruleset": JSON.stringify({ nftables: [{ metainfo: {} }, ...objects] }),
});
const vips = {
  set: { family: "inet", name: "vips", table: "filter", type: "ipv4_addr", elem: ["10.1.1.1", "192.0.2.10"] },
};

const mentions: { name: string; objects: object[]; found: boolean }[] = [
  { name: "the address", objects: [rule(1, daddr("192.0.2.10"))], found: true },
  { name: "an IPv6 address", objects: [rule(1, daddr("2001:db8::10"))], found: true },
  { name: "another address", objects: [rule(1, daddr("192.0.2.1"))], found: false },
  {
    name: "an address that begins with the same text",
    objects: [rule(1, daddr("192.0.2.101"))],
    found: false,
  },
  {
    name: "a network around it",
    objects: [rule(1, daddr({ prefix: { addr: "192.0.2.0", len: 24 } }))],
    found: true,
  },
  {
    name: "another network",
    objects: [rule(1, daddr({ prefix: { addr: "192.0.3.0", len: 24 } }))],
    found: false,
  },
  {
    name: "an IPv6 network",
    objects: [rule(1, daddr({ prefix: { addr: "2001:db8::", len: 32 } }))],
    found: true,
  },
  {
    name: "half of the Internet",
    objects: [rule(1, daddr({ prefix: { addr: "128.0.0.0", len: 1 } }))],
    found: false,
  },
  {
    name: "a range around it",
    objects: [rule(1, daddr({ range: ["192.0.2.5", "192.0.2.20"] }))],
    found: true,
  },
  {
    name: "a range beside it",
    objects: [rule(1, daddr({ range: ["192.0.2.11", "192.0.2.20"] }))],
    found: false,
  },
  { name: "a range of ports", objects: [rule(1, daddr({ range: [80, 90] }))], found: false },
  { name: "a set with it", objects: [rule(1, daddr({ set: ["10.0.0.1", "192.0.2.10"] }))], found: true },
  { name: "a named set with it", objects: [vips, rule(1, daddr("@vips"))], found: true },
  {
    name: "another table's set of that name",
    objects: [vips, rule(1, daddr("@vips"), "other")],
    found: false,
  },
  {
    name: "it in a table of our own",
    objects: [rule(1, daddr("192.0.2.10"), "tandem_vrrp_lb1")],
    found: false,
  },
];
for (const { name, objects, found } of mentions) {
  test(`an nftables rule about ${name} is ${found ? "told" : "let be"}`, async () => {
    const want = found
      ? "warn firewall nft inet filter input: does not see what Tandem forwards: handle 1"
      : "ok firewall: no rule mentions a virtual address";
    expect(await examine(probeFirewall, { programs: nft(...objects) })).toEqual([want]);
  });
}

test("an nftables rule is shown in nft's own words", async () => {
  const chain =
    "table inet filter {\n\tchain input {\n\t\tip daddr 192.0.2.10 accept # handle 1\n\t\tdrop # handle 11\n\t}\n}";
  const programs = { ...nft(rule(1, daddr("192.0.2.10"))), "nft -a list chain inet filter input": chain };
  expect(await examine(probeFirewall, { programs })).toEqual([
    "warn firewall nft inet filter input: does not see what Tandem forwards: ip daddr 192.0.2.10 accept",
  ]);
});

test("a ruleset that cannot be read is told, not taken for empty", async () => {
  const denied: Machine = {
    ...emptyMachine,
    run: (program) =>
      program === "nft" ? { status: 1, output: "Operation not permitted (you must be root)" } : undefined,
  };
  const [finding] = await probeFirewall({
    machine: denied,
    virtualAddresses: VIPS,
    tunnels: [],
    interfaces: undefined,
    hasVrrp: false,
    marksWithoutRule: [],
  });
  expect(finding).toMatchObject({
    verdict: "warn",
    found: "cannot be read: Operation not permitted (you must be root)",
    fix: "run as root",
  });
  const programs = { "nft -j list ruleset": "{}" };
  expect(await examine(probeFirewall, { programs })).toEqual(["warn firewall nftables: cannot be read: {}"]);
});

const saved = `# Generated by iptables-save v1.8.9
*nat
:PREROUTING ACCEPT [0:0]
-A PREROUTING -d 192.0.2.10/32 -p tcp -j DNAT --to-destination 10.0.0.1:80
-A PREROUTING -d 192.0.2.100/32 -p tcp -j ACCEPT
-A OUTPUT -p tcp -j DNAT --to-destination 192.0.2.10:8080
-A POSTROUTING -s 192.0.0.0/16 -j MASQUERADE
-A POSTROUTING -s 0.0.0.0/0 -j MASQUERADE
COMMIT`;
test("rules of the old iptables are told, once", async () => {
  const programs = {
    "iptables-save --version": "iptables-save v1.8.9 (legacy)",
    "iptables-save": saved,
    "iptables-legacy-save --version": "iptables-save v1.8.9 (legacy)",
    "iptables-legacy-save": saved,
  };
  expect(await examine(probeFirewall, { programs })).toEqual([
    "warn firewall iptables PREROUTING: does not see what Tandem forwards: -A PREROUTING -d 192.0.2.10/32 -p tcp -j DNAT --to-destination 10.0.0.1:80",
    "warn firewall iptables OUTPUT: does not see what Tandem forwards: -A OUTPUT -p tcp -j DNAT --to-destination 192.0.2.10:8080",
    "warn firewall iptables POSTROUTING: does not see what Tandem forwards: -A POSTROUTING -s 192.0.0.0/16 -j MASQUERADE",
  ]);
});

test("rules of iptables over nftables are left to nftables", async () => {
  const programs = { "iptables-save --version": "iptables-save v1.8.9 (nf_tables)", "iptables-save": saved };
  expect(await examine(probeFirewall, { programs })).toEqual([
    "ok firewall: no rule mentions a virtual address",
  ]);
});

test("without a virtual address the firewall is not looked at, and that is told", async () => {
  expect(await examine(probeFirewall, { programs: nft() }, [])).toEqual([
    "warn firewall: not looked at: no virtual address is known",
  ]);
});

const findings: Finding[] = [
  { check: "Linux", verdict: "ok", found: "6.1.0" },
  { check: "a", verdict: "warn", found: "odd", fix: "mend both" },
  { check: "b", verdict: "warn", found: "odd", fix: "mend both" },
];
test("the report says each remedy once, and sums up", () => {
  expect(formatFindings(findings, createPaint(false))).toBe(`      CHECK  FOUND
ok    Linux  6.1.0
warn  a      odd
warn  b      odd

What to do:
  warn  a: mend both

Tandem can run here; 2 warnings
`);
  const worse = [...findings, { check: "c", verdict: "fail", found: "nothing", fix: "install" } as const];
  expect(formatFindings(worse, createPaint(false))).toMatch(
    /\nTandem cannot run here: 1 thing missing or wrong\n$/,
  );
  expect(formatFindings(findings.slice(0, 1), createPaint(false))).toMatch(/\n\nTandem can run here\n$/);
});
