/** What the kernel was built with. The version alone does not tell: distributors leave things out. */
import type { Machine } from "./machine.ts";
import type { Finding, Patient } from "./probe.ts";

/** Options of the kernel's build, and what Tandem does with them. A module will do. */
const NEEDED: Readonly<Record<string, string>> = {
  BPF_SYSCALL: "the fast path",
  NET_CLS_ACT: "the fast path at tc",
  NET_SCH_INGRESS: "the fast path at tc",
  NET_CLS_BPF: "the fast path at tc",
  VETH: "first packets of connections",
  PACKET: "first packets of connections",
};

/** One finding. A kernel that does not tell is trusted: the start finds out. */
export function probeKernelOptions({ machine }: Patient): Finding[] {
  const check = "kernel options";
  const config = buildConfig(machine);
  if (config === undefined)
    return [{ check, verdict: "ok", found: "not told by this kernel; the start will show" }];
  const missing = Object.keys(NEEDED).filter(
    (name) => !new RegExp(`^CONFIG_${name}=[ym]$`, "m").test(config),
  );
  if (missing.length === 0) return [{ check, verdict: "ok", found: "all that are needed" }];
  const found = missing.map((name) => `no CONFIG_${name}, for ${NEEDED[name]}`).join("; ");
  return [{ check, verdict: "fail", found, fix: "boot a kernel with these options, such as Debian's own" }];
}

/** From the running kernel itself, or from where distributors put it. */
function buildConfig(machine: Machine): string | undefined {
  const own = machine.run("zcat", "/proc/config.gz");
  if (own?.status === 0) return own.output;
  return machine.read(`/boot/config-${machine.read("/proc/sys/kernel/osrelease")}`);
}
