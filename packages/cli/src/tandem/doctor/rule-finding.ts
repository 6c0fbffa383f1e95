/** The one thing to say about a rule that mentions a virtual address. */
import type { Finding } from "./probe.ts";

/** `where` names the chain, `rule` is its text. */
export function ruleFinding(where: string, rule: string): Finding {
  return {
    check: `firewall ${where}`,
    verdict: "warn",
    found: `does not see what Tandem forwards: ${rule}`,
    fix: "filter on the way to the director or on the real servers",
  };
}
