import { expect, test } from "vitest";
import { probeSysctls } from "./sysctls.ts";
import { examine } from "./testing.ts";

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
  const [forwarding] = await examine(probeSysctls, { files }, { interfaces: ["eth0"] });
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
  const checks = await examine(probeSysctls, {}, { virtualAddresses: ["192.0.2.10"] });
  expect(checks.some((line) => line.includes("ipv6"))).toBe(false);
});
