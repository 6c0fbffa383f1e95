/** Capabilities that the daemon needs, in the shell that asks. capabilities(7). */
import type { Finding, Patient } from "./probe.ts";

/** Bit of each capability in /proc/self/status. Linux `include/uapi/linux/capability.h`. */
const BITS = { net_admin: 12, net_raw: 13, sys_admin: 21, perfmon: 38, bpf: 39 } as const;
type Capability = keyof typeof BITS;

/** What is needed, and what includes it. */
const NEEDS: readonly { readonly any: readonly Capability[]; readonly to: string }[] = [
  { any: ["net_admin"], to: "attach programs and move addresses" },
  { any: ["net_raw"], to: "send packets" },
  { any: ["bpf", "sys_admin"], to: "load programs and maps" },
  { any: ["perfmon", "sys_admin"], to: "let programs read packets" },
];

/** One finding. */
export function probeCapabilities({ machine }: Patient): Finding[] {
  const check = "capabilities";
  const hex = /^CapEff:\s*([0-9a-f]+)/m.exec(machine.read("/proc/self/status") ?? "")?.[1];
  if (hex === undefined)
    return [{ check, verdict: "warn", found: "cannot be read", fix: "mount -t proc proc /proc" }];
  const effective = BigInt(`0x${hex}`);
  const has = (c: Capability): boolean => ((effective >> BigInt(BITS[c])) & 1n) === 1n;
  const missing = NEEDS.filter(({ any }) => !any.some(has));
  if (missing.length === 0) return [{ check, verdict: "ok", found: "all that are needed" }];
  const found = missing.map(({ any, to }) => `no CAP_${any[0]!.toUpperCase()} to ${to}`).join("; ");
  const fix = `run as root, or give the daemon's unit AmbientCapabilities=${missing.map(({ any }) => `CAP_${any[0]!.toUpperCase()}`).join(" ")}`;
  return [{ check, verdict: "fail", found, fix }];
}
