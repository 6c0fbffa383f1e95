/** The file system that keeps programs and maps while the daemon is away. */
import type { Finding, Patient } from "./probe.ts";

const check = "bpffs";

/** One finding. Not mounted is well: the daemon does that at its start. */
export function probeBpffs({ machine }: Patient): Finding[] {
  if (!/\bbpf$/m.test(machine.read("/proc/filesystems") ?? "")) {
    const found = "the kernel has no BPF file system: connections would not outlive the daemon";
    return [{ check, verdict: "fail", found, fix: "boot a kernel with CONFIG_BPF_SYSCALL" }];
  }
  const mounts = (machine.read("/proc/mounts") ?? "").split("\n").map((line) => line.split(" "));
  const at = mounts.flatMap(([, where, type]) => (type === "bpf" ? [where] : []));
  const found = at.length > 0 ? `mounted at ${at.join(", ")}` : "not mounted yet; the daemon will";
  return [{ check, verdict: "ok", found }];
}
