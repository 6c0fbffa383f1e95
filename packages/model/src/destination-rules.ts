/** Rules across the fields of one destination and its service. */
import type { DestinationSpec } from "./destination-spec.ts";
import type { Path } from "./refused.ts";
import { familyProblem, hostProblem, rulesOf, type Whereabouts } from "./rule.ts";
import type { ServiceSpec } from "./service-spec.ts";

/** A destination in its place. */
export interface Candidate {
  readonly service: ServiceSpec;
  readonly destination: DestinationSpec;
  /** The destination's own, or the service's. */
  readonly method: ServiceSpec["method"];
  /** Of all services. */
  readonly virtualAddresses: Pick<ReadonlySet<string>, "has">;
}

/** Where a candidate's parts stand: its method is the service's where it has none of its own. */
export function candidateWithin(service: Path, index: number, own: DestinationSpec): Whereabouts {
  const destination = [...service, "destinations", index];
  const method = [...(own.method === undefined ? service : destination), "method"];
  const places: Readonly<Record<keyof Candidate, Path>> = {
    service,
    destination,
    method,
    virtualAddresses: [],
  };
  return (name) => (name === undefined ? destination : places[name as keyof Candidate]);
}

/** Methods that leave the packet's port as it is. */
const KEEPS_PORT: ReadonlySet<string> = new Set(["direct-route", "tunnel", "local"]);

const rule = rulesOf<Candidate>();

/** Rules of a destination. */
export const DESTINATION_RULES = [
  rule("destination.address", ["method"], ({ destination: { address }, method }) =>
    hostProblem(address, method === "local" ? undefined : "this host, wanted the method local"),
  ),
  rule(
    "destination.address",
    ["method", "service.address"],
    ({ destination, method, service }) =>
      method !== "tunnel" && familyProblem(destination.address, service, ", or a tunnel"),
  ),
  rule(
    "destination.address",
    ["method", "virtualAddresses"],
    ({ destination: { address }, method, virtualAddresses }) =>
      method !== "local" &&
      virtualAddresses.has(address) &&
      `"${address}" is a virtual address, wanted the real server's own, or the method local`,
  ),
  rule(
    "destination.port",
    ["method", "service.port", "destination.listedAs"],
    ({ destination: { port, listedAs }, method, service: { port: own } }) =>
      listedAs === undefined &&
      own !== 0 &&
      port !== undefined &&
      port !== own &&
      KEEPS_PORT.has(method) &&
      `port is ${port}, wanted ${own}: ${method} does not change the port`,
  ),
  rule(
    "destination.port",
    ["method", "service.port", "service.mark", "service.persistence", "destination.listedAs"],
    ({ destination: { port = 0, listedAs }, method, service: { port: own, mark, persistence } }) => {
      const hasNoPort = mark === undefined && !persistence; // said already
      if (port === 0 || own !== 0 || hasNoPort || listedAs !== undefined) return undefined;
      if (KEEPS_PORT.has(method)) return `port is ${port}, wanted none: ${method} does not change the port`;
      const whose = mark === undefined ? "a service of every port" : "a persistent mark";
      return persistence && `port is ${port}, wanted none: ${whose} leaves the port as it is`;
    },
  ),
  rule(
    "destination.listedAs",
    ["method"],
    ({ destination: { listedAs }, method }) =>
      listedAs !== undefined &&
      listedAs !== method &&
      method !== "local" &&
      `listedAs is "${listedAs}", wanted "${method}" as the method, or none`,
  ),
  rule(
    "destination.tunnel",
    ["method", "destination.listedAs"],
    ({ destination: { tunnel, listedAs }, method }) =>
      tunnel !== undefined &&
      method !== "tunnel" &&
      listedAs !== "tunnel" &&
      `method is "${method}", wanted "tunnel"`,
  ),
  rule(
    "destination.lowerThreshold",
    ["destination.upperThreshold"],
    ({ destination: { lowerThreshold: lower, upperThreshold: upper } }) => {
      const wanted = upper === 0 ? "an upperThreshold above it" : `at most the upperThreshold, ${upper}`;
      return lower > upper && `lowerThreshold is ${lower}, wanted ${wanted}`;
    },
  ),
  rule(
    "destination.method",
    ["method", "service.mark"],
    ({ method, service }) =>
      method === "full-nat" &&
      service.mark !== undefined &&
      'method is "full-nat", wanted another one for a firewall mark',
  ),
  rule(
    "destination.method",
    ["method", "service.sourceAddresses"],
    ({ method, service }) =>
      method === "full-nat" &&
      !service.sourceAddresses &&
      'method is "full-nat", wanted sourceAddresses in the service to come from',
  ),
  rule(
    "destination.method",
    ["method", "service.helper"],
    ({ method, service: { helper } }) =>
      helper !== undefined &&
      method !== "masquerade" &&
      method !== "full-nat" &&
      `method is "${method}", wanted "masquerade" or "full-nat" for the helper ${helper}`,
  ),
  rule(
    "service.check.port",
    ["service.check.type", "service.port", "destination.port"],
    ({ service: { check, port }, destination }) =>
      check !== undefined &&
      check.port === undefined &&
      (destination.port || port) === 0 &&
      "port is missing, wanted the port to check: a destination has none of its own",
  ),
];
