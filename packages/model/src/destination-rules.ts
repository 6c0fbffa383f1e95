/** Rules across the fields of one destination and its service. */
import type { DestinationSpec, TunnelSpec } from "./destination-spec.ts";
import { at, familyProblem, hostProblem, type Refuse } from "./rule.ts";
import type { ServiceSpec } from "./service-spec.ts";

/** A destination in its place. */
interface Candidate {
  readonly service: ServiceSpec;
  readonly destination: DestinationSpec;
  readonly method: ServiceSpec["method"];
  /** Of all services. */
  readonly virtualAddresses: ReadonlySet<string>;
}

/** Tell what is wrong with a destination that is well-formed in each of its fields. */
export function checkDestination(c: Candidate, refuse: Refuse): void {
  for (const rule of RULES) rule(c, refuse);
}

/** Methods that leave the packet's port as it is. */
const KEEPS_PORT: ReadonlySet<string> = new Set(["direct-route", "tunnel", "local"]);

const RULES: readonly ((c: Candidate, refuse: Refuse) => void)[] = [
  function reach({ service, destination: { address }, method, virtualAddresses }, refuse) {
    const problem =
      hostProblem(address, method === "local" ? undefined : "this host, wanted the method local") ??
      (method === "tunnel" ? undefined : familyProblem(address, service, ", or a tunnel")) ??
      (method === "local" ? undefined : ownProblem(address, virtualAddresses));
    if (problem) refuse(["address"], problem);
  },
  function translation({ service, destination: { port }, method }, refuse) {
    const { port: own, mark, persistence } = service;
    const hasNoPort = own === 0 && mark === undefined && !persistence; // said already
    if (port === undefined || port === own || hasNoPort) return;
    if (KEEPS_PORT.has(method))
      refuse(
        ["port"],
        `port is ${port}, wanted ${own === 0 ? "none" : own}: ${method} does not change the port`,
      );
    else if (own === 0 && (mark === undefined || persistence)) {
      const whose = mark === undefined ? "a service of every port" : "a persistent mark";
      refuse(["port"], `port is ${port}, wanted none: ${whose} leaves the port as it is`);
    }
  },
  function tunnel({ destination, method }, refuse) {
    if (!destination.tunnel) return;
    if (method !== "tunnel") refuse(["tunnel"], `method is "${method}", wanted "tunnel"`);
    else checkTunnel(destination.tunnel, at(refuse, "tunnel"));
  },
  function thresholds({ destination: { lowerThreshold: lower, upperThreshold: upper } }, refuse) {
    if (lower <= upper) return;
    const wanted = upper === 0 ? "an upperThreshold above it" : `at most the upperThreshold, ${upper}`;
    refuse(["lowerThreshold"], `lowerThreshold is ${lower}, wanted ${wanted}`);
  },
  function fullNat({ service, method }, refuse) {
    if (method !== "full-nat") return;
    if (service.mark !== undefined)
      refuse(["method"], 'method is "full-nat", wanted another one for a firewall mark');
    else if (!service.sourceAddresses)
      refuse(["method"], 'method is "full-nat", wanted sourceAddresses in the service to come from');
  },
  function helper({ service, method }, refuse) {
    if (service.helper && method !== "masquerade" && method !== "full-nat")
      refuse(
        ["method"],
        `method is "${method}", wanted "masquerade" or "full-nat" for the helper ${service.helper}`,
      );
  },
];

function ownProblem(address: string, virtualAddresses: ReadonlySet<string>): string | undefined {
  if (!virtualAddresses.has(address)) return undefined;
  return `"${address}" is a virtual address, wanted the real server's own, or the method local`;
}

/** Tell what is wrong with a tunnel. */
export function checkTunnel({ type, port, checksum }: TunnelSpec, refuse: Refuse): void {
  if (type === "gue" && port === undefined)
    refuse(["port"], "port is missing, wanted the UDP port that the destination takes gue on");
  if (type !== "gue" && port !== undefined) refuse(["port"], `port is ${port}, wanted none for ${type}`);
  if (type === "ipip" && checksum !== "none")
    refuse(["checksum"], `checksum is "${checksum}", wanted "none": ipip has no checksum`);
  if (type === "gre" && checksum === "remote")
    refuse(["checksum"], 'checksum is "remote", wanted "none" or "full" for gre');
}
