/** Rules across the fields of one service. */
import { familyOf } from "./address.ts";
import { addressKind } from "./address-kind.ts";
import { checkDestination, checkTunnel } from "./destination-rules.ts";
import { at, familyProblem, hostProblem, type Refuse } from "./rule.ts";
import { destinationKey, type ServiceSpec } from "./service-spec.ts";
import { TIMEOUT_STATES } from "./settings-spec.ts";

/**
 * Tell what is wrong with a service that is well-formed in each of its fields.
 *
 * @param virtualAddresses of all services of the document
 */
export function checkService(
  service: ServiceSpec,
  refuse: Refuse,
  virtualAddresses: ReadonlySet<string> = new Set([service.address]),
): void {
  for (const rule of RULES) rule(service, refuse, virtualAddresses);
  const seen = new Set<string>();
  for (const [i, destination] of service.destinations.entries()) {
    const refuseThis = at(refuse, "destinations", i);
    const key = destinationKey(service, destination);
    if (seen.has(key)) refuseThis([], `destination "${key}" stands here twice, wanted once`);
    seen.add(key);
    const method = destination.method ?? service.method;
    checkDestination({ service, destination, method, virtualAddresses }, refuseThis);
  }
}

type Rule = (s: ServiceSpec, refuse: Refuse, virtualAddresses: ReadonlySet<string>) => void;

/** Schedulers to which any weight but 0 is the same. */
const WEIGHTLESS: readonly string[] = ["rr", "lc", "dh"];

const RULES: readonly Rule[] = [
  function target(s, refuse) {
    if (s.mark === undefined) checkTarget(s, refuse);
    else checkMark(s, refuse);
  },
  function onePacket(s, refuse) {
    if (s.onePacket && s.protocol !== "udp" && s.mark === undefined)
      refuse(
        ["onePacket"],
        `protocol is "${s.protocol}", wanted "udp": only UDP has packets without a connection`,
      );
  },
  function schedulerFlags(s, refuse) {
    if (s.schedulerFlags.length > 0 && s.scheduler !== "sh" && s.scheduler !== "mh")
      refuse(["schedulerFlags"], `scheduler is "${s.scheduler}", wanted "sh" or "mh": no other has flags`);
  },
  function persistence(s, refuse) {
    const { prefix = 0, engine } = s.persistence ?? {};
    if (prefix > 32 && familyOf(s.address) === 4)
      refuse(["persistence", "prefix"], `prefix is ${prefix}, wanted 1 to 32: the service is IPv4`);
    if (engine === "sip" && s.protocol !== "udp")
      refuse(["persistence", "engine"], `protocol is "${s.protocol}", wanted "udp" for the engine sip`);
  },
  function helper(s, refuse) {
    if (s.helper === "ftp" && s.protocol !== "tcp")
      refuse(["helper"], `protocol is "${s.protocol}", wanted "tcp" for the helper ftp`);
  },
  function slowStart(s, refuse) {
    if (s.slowStart > 0 && WEIGHTLESS.includes(s.scheduler))
      refuse(["slowStart"], `scheduler is "${s.scheduler}", wanted one that goes by weights`);
  },
  function sloppy(s, refuse) {
    if (s.sloppy && s.protocol === "udp")
      refuse(["sloppy"], 'protocol is "udp", wanted "tcp" or "sctp": any packet of UDP opens a connection');
  },
  function timeouts(s, refuse) {
    for (const protocol of Object.keys(TIMEOUT_STATES) as (keyof typeof TIMEOUT_STATES)[])
      if (s.timeouts?.[protocol] && s.protocol !== protocol && s.mark === undefined)
        refuse(["timeouts", protocol], `protocol is "${s.protocol}", wanted timeouts of that alone`);
  },
  function tunnel(s, refuse) {
    if (!s.tunnel) return;
    if (!hasMethod(s, "tunnel"))
      refuse(["tunnel"], `method is "${s.method}", wanted "tunnel", here or of a destination`);
    checkTunnel(s.tunnel, at(refuse, "tunnel"));
  },
  function sources(s, refuse, virtualAddresses) {
    if (s.sourceAddresses && !hasMethod(s, "full-nat"))
      refuse(["sourceAddresses"], `method is "${s.method}", wanted "full-nat", here or of a destination`);
    for (const [i, address] of (s.sourceAddresses ?? []).entries()) {
      const problem =
        familyProblem(address, s) ??
        hostProblem(address, "loopback, wanted one that real servers reach") ??
        sourceProblem(address, virtualAddresses);
      if (problem) refuse(["sourceAddresses", i], problem);
    }
  },
  function check(s, refuse) {
    if (!s.check || s.check.port !== undefined) return;
    const d = s.destinations.find((d) => (d.port || s.port) === 0);
    if (d)
      refuse(
        ["check", "port"],
        `port is missing, wanted the port to check: "${d.address}" has none of its own`,
      );
  },
  function clients(s, refuse) {
    for (const list of ["allow", "deny"] as const)
      for (const [i, prefix] of s[list].entries()) {
        const problem = familyProblem(prefix, s);
        if (problem) refuse([list, i], problem);
      }
    const allowed = new Set(s.allow);
    for (const [i, prefix] of s.deny.entries())
      if (allowed.has(prefix)) refuse(["deny", i], `"${prefix}" is allowed, too, wanted in one of the lists`);
  },
  function repeats(s, refuse) {
    for (const list of ["schedulerFlags", "sourceAddresses", "allow", "deny"] as const) {
      const seen = new Set<string>();
      for (const [i, item] of (s[list] ?? []).entries()) {
        if (seen.has(item)) refuse([list, i], `"${item}" stands here twice, wanted once`);
        seen.add(item);
      }
    }
  },
];

function checkMark(s: ServiceSpec, refuse: Refuse): void {
  const said = "the mark says it all";
  if (s.protocol !== "any") refuse(["protocol"], `protocol is "${s.protocol}", wanted none: ${said}`);
  if (addressKind(s.address) !== "unspecified")
    refuse(["address"], `address is "${s.address}", wanted "0.0.0.0" or "::": ${said}`);
  if (s.port !== 0) refuse(["port"], `port is ${s.port}, wanted none: ${said}`);
}

function checkTarget(s: ServiceSpec, refuse: Refuse): void {
  if (s.protocol === "any")
    refuse(["protocol"], 'protocol is missing, wanted "tcp", "udp" or "sctp", or a mark');
  const problem =
    addressKind(s.address) === "unspecified"
      ? `address is "${s.address}", wanted a virtual address, or a mark`
      : hostProblem(s.address);
  if (problem) refuse(["address"], problem);
  if (s.port === 0 && !s.persistence)
    refuse(["port"], "port is missing or 0, wanted 1 to 65535, or persistence: then 0 stands for every port");
}

const hasMethod = (s: ServiceSpec, method: ServiceSpec["method"]): boolean =>
  s.method === method || s.destinations.some((d) => d.method === method);

function sourceProblem(address: string, virtualAddresses: ReadonlySet<string>): string | undefined {
  if (!virtualAddresses.has(address)) return undefined;
  return `"${address}" is a virtual address, wanted one that no service has`;
}
