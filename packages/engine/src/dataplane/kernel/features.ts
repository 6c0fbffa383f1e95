/** What the data plane needs of the machine, checked once before it starts, so that an operator reads a sentence instead of an errno. */
import { readFileSync } from "node:fs";
import { release } from "node:os";
import { LbError, type MissingFeature } from "@tandem/model";
import { libbpf } from "./libbpf.ts";

/** What was found out about the machine. */
export interface KernelFacts {
  /** Kernel release, such as "6.1.0-32-amd64". */
  readonly release: string;
  /** Effective capabilities of this process, one bit each. */
  readonly capabilities: bigint;
  readonly hasLibbpf: boolean;
}

/** Debian 12's kernel; what the programs use of it is no newer. */
const MINIMUM = { major: 6, minor: 1 } as const;

/** Bits of `include/uapi/linux/capability.h`. CAP_SYS_ADMIN includes what was split off from it in Linux 5.8. */
const CAPABILITY = { netAdmin: 12n, netRaw: 13n, sysAdmin: 21n, perfmon: 38n, bpf: 39n } as const;
const NEEDED_CAPABILITIES: readonly { name: string; anyOf: readonly bigint[] }[] = [
  { name: "CAP_NET_ADMIN", anyOf: [CAPABILITY.netAdmin] },
  { name: "CAP_NET_RAW", anyOf: [CAPABILITY.netRaw] },
  { name: "CAP_BPF", anyOf: [CAPABILITY.bpf, CAPABILITY.sysAdmin] },
  { name: "CAP_PERFMON", anyOf: [CAPABILITY.perfmon, CAPABILITY.sysAdmin] },
];

/** What is missing, with what to do about it; empty if nothing is. Never throws. */
export function missingFeatures(facts: KernelFacts): MissingFeature[] {
  const missing: MissingFeature[] = [];
  const [major = 0, minor = 0] = facts.release.split(".").map(Number);
  if (major < MINIMUM.major || (major === MINIMUM.major && minor < MINIMUM.minor)) {
    const needs = `${MINIMUM.major}.${MINIMUM.minor}`;
    missing.push({ name: "Linux", needs, found: facts.release, fix: "boot a newer kernel" });
  }
  if (!facts.hasLibbpf) {
    missing.push({ name: "libbpf", needs: "1.1", found: "not installed", fix: "apt-get install libbpf1" });
  }
  for (const { name, anyOf } of NEEDED_CAPABILITIES) {
    if (anyOf.some((bit) => ((facts.capabilities >> bit) & 1n) === 1n)) continue;
    missing.push({ name, needs: "it", found: "not held", fix: "run as root, or give it to the service" });
  }
  return missing;
}

/** Look at this machine and process. Never throws. */
function readKernelFacts(): KernelFacts {
  const status = readFileSync("/proc/self/status", "utf8");
  const capabilities = /^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? "0";
  return { release: release(), capabilities: BigInt(`0x${capabilities}`), hasLibbpf: isLibbpfThere() };
}

function isLibbpfThere(): boolean {
  try {
    libbpf();
    return true;
  } catch {
    return false;
  }
}

/** Throws `LbError` (unsupported) if this machine or process lacks something. */
export function requireFeatures(): void {
  const missing = missingFeatures(readKernelFacts());
  if (missing.length > 0) throw new LbError({ code: "unsupported", missing });
}
