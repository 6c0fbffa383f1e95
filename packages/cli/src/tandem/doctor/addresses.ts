/** Virtual addresses that nothing brings here: on no interface of this machine, and not keepalived's to move. */
import { canonicalAddress } from "@tandem/model";
import type { Machine } from "./machine.ts";
import type { Finding, Patient } from "./probe.ts";

const check = "virtual addresses";
/** More are counted, not named. */
const MAX_NAMES = 3;

/** One finding. An address that a router sends here needs no interface, so that its lack is a warning only. */
export function probeAddresses({ machine, virtualAddresses, hasVrrp }: Patient): Finding[] {
  if (hasVrrp) return [{ check, verdict: "ok", found: "keepalived moves them" }];
  const here = addressesOf(machine);
  if (!here) return [{ check, verdict: "ok", found: "cannot be seen" }];
  const missing = virtualAddresses.filter((address) => !here.has(address));
  if (missing.length === 0) return [{ check, verdict: "ok", found: foundAll(virtualAddresses.length) }];
  const more = missing.length > MAX_NAMES ? ` and ${missing.length - MAX_NAMES} more` : "";
  const found = `${missing.slice(0, MAX_NAMES).join(", ")}${more} on no interface: packets come only if a router sends them here`;
  const fix = `ip addr add ${missing[0]}/${missing[0]!.includes(":") ? 128 : 32} dev … for each, or a route to this host`;
  return [{ check, verdict: "warn", found, fix }];
}

const foundAll = (count: number): string => (count === 0 ? "none" : "all on this machine");

/** In canonical text; undefined if they cannot be seen. */
function addressesOf(machine: Machine): ReadonlySet<string> | undefined {
  const listed = machine.run("ip", "-oneline", "address", "show");
  if (listed?.status !== 0) return undefined;
  const found = listed.output.matchAll(/ inet6? ([^/ ]+)/g);
  return new Set([...found].map(([, address = ""]) => canonicalAddress(address) ?? address));
}
