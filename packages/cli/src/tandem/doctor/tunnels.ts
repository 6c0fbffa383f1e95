/** Room for tunnels: what a tunnel adds must fit into the MTU of the way to its destination, beside the clients' packets. */
import { examineTunnels } from "../../node/document/tunnel-room.ts";
import type { Finding, Patient } from "./probe.ts";

const check = "room for tunnels";

/** One finding for all that is well, or one for each reason why tunnels have less room than clients may want. */
export function probeTunnels({ machine, tunnels }: Patient): Finding[] {
  const findings = examineTunnels(tunnels, machine.pathMtu);
  if (findings.length > 0)
    return findings.map(({ room, found, fix }) => ({
      check,
      verdict: room === "missing" ? "fail" : "warn",
      found,
      fix: `see to ${fix}`,
    }));
  const found = tunnels.length === 0 ? "no tunnels" : "enough in all of them";
  return [{ check, verdict: "ok", found }];
}
