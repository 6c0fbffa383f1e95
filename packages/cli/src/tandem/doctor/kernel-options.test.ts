import { expect, test } from "vitest";
import { probeKernelOptions } from "./kernel-options.ts";
import { type Described, examine } from "./testing.ts";

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
