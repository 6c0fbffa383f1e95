/** Numbers that the programs count in maps. */
import { REASONS, type Reason } from "../../core/verdict.ts";
import { bpfChecked, libbpf } from "./libbpf.ts";

/** The one value of a map that counts one thing. Throws `LbError` (refused). */
export function readCounter(fd: number): number {
  const value = new BigUint64Array(1);
  bpfChecked(libbpf().lookup(fd, new Uint32Array(1), value), "read a counter");
  return Number(value[0]);
}

/** The fast path's counters by reason, summed over the CPUs. Throws `LbError` (refused). */
export function readReasons(fd: number): Map<Reason, number> {
  const perCpu = new BigUint64Array(libbpf().possibleCpus());
  const counts = new Map<Reason, number>();
  for (const [reason, { number }] of Object.entries(REASONS)) {
    bpfChecked(libbpf().lookup(fd, new Uint32Array([number]), perCpu), "read the counters");
    const packets = perCpu.reduce((sum, n) => sum + Number(n), 0);
    // From there on most are the core's own, which it counts itself.
    if (number < REASONS.scheduled.number || packets > 0) counts.set(reason as Reason, packets);
  }
  return counts;
}
