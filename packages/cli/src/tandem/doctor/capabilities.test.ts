import { expect, test } from "vitest";
import { probeCapabilities } from "./capabilities.ts";
import { examine } from "./testing.ts";

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
