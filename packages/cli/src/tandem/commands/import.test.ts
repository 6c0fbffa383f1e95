import { DocumentSpec } from "@tandem/model";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { runTandem, startFakeDaemon } from "../../testing/run-tandem.ts";

const SCRIPT = `#!/bin/sh
modprobe ip_vs
/sbin/ipvsadm -C 2>/dev/null || true

ipvsadm -A -t 192.0.2.100:443 -s wrr -p 300 -M 255.255.255.0   # the shop
ipvsadm -a -t 192.0.2.100:443 -r 10.0.0.11:443 -g -w 3
sudo ipvsadm -a -t "192.0.2.100:443" -r 10.0.0.12:443 -g -w 1 >/dev/null 2>&1
-A -f 7 -s sh -b sh-port
-a -f 7 -r 10.0.0.1:0 -i -w 1
-a -f 7 -r 10.0.0.2:0 -m -w 2 -x 100 -y 50
--set 900 120 300
--start-daemon master --mcast-interface nowhere0
-L -n
-D -t 192.0.2.1:80
`;
const SYSCTLS = `# kernel
net.ipv4.ip_forward = 1
net.ipv4.vs.expire_nodest_conn = 1
net/ipv4/vs/conntrack=1
-net.ipv4.vs.sync_threshold = 3
net.ipv4.vs.conn_reuse_mode=0
`;
const files = { "rules.sh": SCRIPT, "vs.conf": SYSCTLS };
const importing = (...words: string[]) => runTandem("/nowhere", ["import", ...words], { files });

test("import makes a document of a script, and says beside it what is different or left out", async () => {
  const { exitCode, out, err } = await importing("rules.sh");
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
  expect(out).toMatchInlineSnapshot(`
    "# Imported from rules.sh.
    # What is not said here is as Tandem has it; with --profile lvs as the kernel does (docs/tandem-and-ipvs.md).
    # ipvsadm -S does not save thresholds: add upperThreshold and lowerThreshold where there were some.
    # rules.sh:2: left out, it is no command of ipvsadm: modprobe ip_vs
    # rules.sh:12: kept, not run: directors of a cluster share their connections by themselves
    # rules.sh:13: left out: list makes no part of a document
    # rules.sh:14: left out: there is nothing of it to delete

    version: 1
    settings:
      timeouts:
        tcp:
          established: 900
          finWait: 120
        udp:
          single: 300
          lasting: 300
      syncDaemons:
        - mode: master
          interface: nowhere0
          syncId: 0
          maxLength: 1472
          group: 224.0.0.81
          port: 8848
          ttl: 1
    services:
      - protocol: tcp
        address: 192.0.2.100
        port: 443
        scheduler: wrr
        persistence:
          timeout: 300
          prefix: 24
        method: direct-route
        destinations:
          - address: 10.0.0.12
          - address: 10.0.0.11
            weight: 3
      # rules.sh:8: marks that iptables or nftables give come too late: rules of \`marks\` give them here
      - mark: 7
        scheduler: sh
        schedulerFlags:
          - port
        destinations:
          - address: 10.0.0.2
            weight: 2
            upperThreshold: 100
            lowerThreshold: 50
          - address: 10.0.0.1
            method: tunnel
            tunnel: {}
    "
  `);
  expect(DocumentSpec.safeParse(parse(out)).error).toBeUndefined();
});

test("import takes settings of the kernel, and its defaults if they are asked for", async () => {
  const { out } = await importing("rules.sh", "--sysctl", "vs.conf", "--profile", "lvs");
  expect(out).toContain("# vs.conf:4: conntrack = 1: left out, nothing: packets never meet netfilter\n");
  expect(out).toContain("# vs.conf:5: sync_threshold = 3: left out, it has no counterpart\n");
  const { settings, services } = DocumentSpec.parse(parse(out));
  expect(settings).toMatchObject({
    profile: "lvs",
    reuse: "never",
    rescheduleQuiesced: true,
    midStream: "host",
  });
  expect(services.map((s) => [s.whenDown, s.whenRemoved])).toEqual([
    ["drop", "expire"],
    ["drop", "expire"],
  ]);
});

test("import tells all mistakes of all files at once, and not what only follows from one", async () => {
  const bad = {
    "rules.sh": `-A -t 192.0.2.1 -s wrr -p x
-A -t 192.0.2.1:80 -s best
-a -t 192.0.2.1:80 -r 10.0.0.1 -m
-a -t 192.0.2.2:80 -r 10.0.0.1 -m
-a -t $VIP:80 -r 10.0.0.1 -m
-A -t 192.0.2.3:0
`,
    "vs.conf": "net.ipv4.vs.drop_entry = x\nnonsense\n",
  };
  const { exitCode, out, err } = await runTandem(
    "/nowhere",
    ["import", "rules.sh", "--sysctl", "vs.conf", "--apply"],
    { files: bad },
  );
  expect({ exitCode, out }).toEqual({ exitCode: 1, out: "" });
  expect(err).toMatchInlineSnapshot(`
    "rules.sh:1:1: -A -t 192.0.2.1 -s wrr -p x: invalid timeout value \`x' specified
    rules.sh:2:1: -A -t 192.0.2.1:80 -s best: Scheduler or persistence engine not found
    rules.sh:4:1: -a -t 192.0.2.2:80 -r 10.0.0.1 -m: Service not defined
    rules.sh:5:1: -a -t $VIP:80 -r 10.0.0.1 -m: illegal virtual server address[:port] specified
    rules.sh:6:1: -A -t 192.0.2.3:0: Zero port specified for non-persistent service
    vs.conf:1:1: drop_entry: found "x", wanted a whole number
    vs.conf:2:1: found "nonsense", wanted "name = value"
    error: 7 mistakes in rules.sh and vs.conf: nothing was changed
    "
  `);
});

test("import refuses a file without any command of ipvsadm", async () => {
  const { exitCode, err } = await runTandem("/nowhere", ["import", "x"], {
    files: { x: "virtual_server {\n" },
  });
  expect(exitCode).toBe(1);
  expect(err).toContain("x: no line is a command of ipvsadm, wanted what `ipvsadm -S` writes\n");
});

for (const text of [
  "# ours\nversion: 1\nservices:\n  - protocol: tcp\n    address: 192.0.2.1\n",
  '{ "version": 1, "services": [] }',
]) {
  test(`import of a document names the command for it: ${JSON.stringify(text)}`, async () => {
    const { exitCode, err } = await runTandem("/nowhere", ["import", "x"], { files: { x: text } });
    expect({ exitCode, err }).toEqual({
      exitCode: 1,
      err: 'error: Cannot import "x": it looks like a document, not like lines of ipvsadm, wanted `tandem apply -f FILE` for a document\n',
    });
  });
}

test("import reads the standard input, and names of ports", async () => {
  const input = "-A -t 192.0.2.1:http -s rr\n";
  const { out } = await runTandem("/nowhere", ["import", "-"], { input });
  expect(parse(out).services).toEqual([{ protocol: "tcp", address: "192.0.2.1", port: 80, scheduler: "rr" }]);
});

test("import says what applying would change, and applies, with its comments", async () => {
  const socket = await startFakeDaemon();
  const run = (...words: string[]) => runTandem(socket, words, { files });
  expect((await run("import", "rules.sh", "--dry-run")).out).toContain("Would change revision 42: ");
  expect((await run("import", "rules.sh", "--apply", "--reason", "move")).out).toContain(
    "+ tcp 192.0.2.100:443",
  );
  expect((await run("export")).out).toBe((await importing("rules.sh")).out);
  expect((await run("import", "rules.sh", "--apply")).out).toContain("Unchanged");
});
