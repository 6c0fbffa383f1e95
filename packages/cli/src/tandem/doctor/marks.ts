/** Firewall marks that services wait for in vain: the firewall gives its marks after the fast path has looked. */
import type { Finding, Patient } from "./probe.ts";

const check = "firewall marks";

/** One finding. A tc filter before ours may mark as well, so that the lack of a rule is a warning only. */
export function probeMarks({ marksWithoutRule: marks }: Patient): Finding[] {
  if (marks.length === 0)
    return [{ check, verdict: "ok", found: "no service waits for one that no rule gives" }];
  const found = `no rule gives ${marks.join(", ")}; what iptables and nftables give comes too late`;
  const fix = "give them by `marks` of the document, unless a tc filter does so before Tandem";
  return [{ check, verdict: "warn", found, fix }];
}
