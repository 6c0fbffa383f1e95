/**
 * Firewall rules that mention a virtual address. What Tandem forwards never meets them, because its programs stand before
 * netfilter: a rule that was written to protect a service protects nothing.
 */
import { probeIptables } from "./iptables.ts";
import { probeNftables } from "./nftables.ts";
import type { Finding, Patient } from "./probe.ts";

/** Rules of nftables and of the old iptables: one finding per rule, or one that says that there is none. */
export function probeFirewall({ machine, virtualAddresses }: Patient): Finding[] {
  const check = "firewall";
  if (virtualAddresses.length === 0) {
    const fix = "start the daemon, or give --document";
    return [{ check, verdict: "warn", found: "not looked at: no virtual address is known", fix }];
  }
  const findings = [...probeNftables(machine, virtualAddresses), ...probeIptables(machine, virtualAddresses)];
  return findings.length > 0
    ? findings
    : [{ check, verdict: "ok", found: "no rule mentions a virtual address" }];
}
