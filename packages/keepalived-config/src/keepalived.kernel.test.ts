/** What we write, read by the programs that it is written for: keepalived and nft. Needs root; keepalived wants the interfaces to exist. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { emitAllowList } from "./allow-list.ts";
import { type DirectorVrrpSpec, directorVrrpConfig } from "./director.ts";
import { emitKeepalivedConf } from "./emit.ts";

const namespace = `tdmkc${process.pid}`;
const dir = mkdtempSync(join(tmpdir(), "tandem-keepalived-"));

beforeAll(() => {
  execFileSync("ip", ["netns", "add", namespace]);
  execFileSync("ip", ["-n", namespace, "link", "add", "eth0", "type", "veth", "peer", "name", "eth1"]);
});
afterAll(() => {
  execFileSync("ip", ["netns", "delete", namespace]);
  rmSync(dir, { recursive: true });
});

const spec: DirectorVrrpSpec = {
  node: "director-a",
  peers: ["192.0.2.11", "fe80::11"],
  groups: [
    {
      name: "web",
      interface: "eth0",
      virtualRouterId: 51,
      basePriority: 120,
      addresses: [
        { address: "192.0.2.1" },
        { address: "192.0.2.2", prefixLength: 24 },
        { address: "2001:db8::1" },
        { address: "10.0.0.254", interface: "eth1" },
      ],
    },
    {
      name: "web6",
      interface: "eth0",
      virtualRouterId: 51,
      basePriority: 80,
      addresses: [{ address: "2001:db8::2" }],
    },
  ],
};
const paths = {
  notifyFifo: join(dir, "notify"),
  readiness: join(dir, "readiness"),
  maintenance: join(dir, "maintenance"),
  heartbeat: join(dir, "heartbeat"),
};

/** Exit status and everything printed by a command in the namespace. */
function run(command: string, args: string[], text: string): { status: number | null; output: string } {
  const file = join(dir, "file");
  writeFileSync(file, text);
  const inNamespace = ["netns", "exec", namespace, command, ...args, file];
  const { status, stdout, stderr } = spawnSync("ip", inNamespace, { encoding: "utf8" });
  return { status, output: stdout + stderr };
}

test("keepalived accepts a director's configuration without a remark", () => {
  const text = emitKeepalivedConf(directorVrrpConfig(spec, paths));
  expect(run("keepalived", ["-t", "-f"], text)).toEqual({ status: 0, output: "" });
});

test("keepalived remarks on what the emitter refuses, so that the check above means something", () => {
  const text = emitKeepalivedConf(directorVrrpConfig(spec, paths));
  const rounded = run("keepalived", ["-t", "-f"], text.replace("advert_int 0.02", "advert_int 0.015"));
  expect(rounded.output).toContain("must be in units of 10ms");
  const outOfRange = run("keepalived", ["-t", "-f"], text.replace("priority 120", "priority 300"));
  expect(outOfRange.status).not.toBe(0);
});

test("nft loads the allow-list, and loads it again in place of itself", () => {
  const text = emitAllowList(spec)!;
  expect(run("nft", ["-f"], text)).toEqual({ status: 0, output: "" });
  expect(run("nft", ["-f"], text)).toEqual({ status: 0, output: "" });
  const ruleset = execFileSync("ip", ["netns", "exec", namespace, "nft", "list", "ruleset"], {
    encoding: "utf8",
  });
  expect(ruleset.match(/VRRP group/g)).toHaveLength(2);
});
