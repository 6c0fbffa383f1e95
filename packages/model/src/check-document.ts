/** Rules across the parts of a document. They are asked of all that is well-formed, so that one mistake does not hide the next. */
import { formatEndpoint } from "./address.ts";
import type { DocumentSpec } from "./config.ts";
import { candidateWithin, DESTINATION_RULES } from "./destination-rules.ts";
import {
  type DestinationSpec,
  destinationsLimit,
  MAX_DESTINATIONS,
  type TunnelSpec,
} from "./destination-spec.ts";
import { checkMarkRules } from "./mark-rules.ts";
import { type Issue, type Path, refusedBy } from "./refused.ts";
import {
  type Asked,
  askRules,
  createFindings,
  type Findings,
  type Refuse,
  type Whereabouts,
  within,
} from "./rule.ts";
import { askItemRules, SERVICE_RULES } from "./service-rules.ts";
import {
  MAX_CLIENT_PREFIXES,
  prefixesLimit,
  type ServiceSpec,
  serviceKey,
  virtualAddressesOf,
} from "./service-spec.ts";
import { TUNNEL_RULES } from "./tunnel-rules.ts";

/** What the service maps of the fast path hold: every service with an address of its own, every destination of two entries. */
export const MAX_SERVICES = 32_768;

/**
 * Tell what is wrong across the fields of a document.
 *
 * @param document as the schema has read it; what it did not understand stands there as it was found
 * @param issues what the schema found wrong
 * Never throws, whatever the document is.
 */
export function checkDocument(document: DocumentSpec, issues: readonly Issue[], refuse: Refuse): void {
  const findings = createFindings(refusedBy(issues), refuse);
  const whole = within([]);
  if (findings.isSound("marks", whole)) checkMarkRules(document.marks, ["marks"], findings);
  if (findings.isSound("services", whole)) checkServices(document.services, ["services"], findings);
}

/** Tell what is wrong across the fields of one well-formed service, beside services of these addresses: for a change that leaves the others as they are. */
export function checkOneService(
  service: ServiceSpec,
  virtualAddresses: Pick<ReadonlySet<string>, "has">,
  refuse: Refuse,
): void {
  const findings = createFindings(refusedBy([]), refuse);
  checkService({ service, where: within([]), virtualAddresses, findings });
}

/** What names a service. */
const KEY: readonly (keyof ServiceSpec)[] = ["protocol", "address", "port", "mark"];
/** What an address of clients' is known by. */
const VIRTUAL: readonly (keyof ServiceSpec)[] = ["address", "mark"];
const COUNTED: readonly (keyof ServiceSpec)[] = ["destinations", "allow", "deny"];

function checkServices(list: readonly ServiceSpec[], path: Path, findings: Findings): void {
  const services = [...list.entries()]
    .filter(([i]) => findings.isSound(`${i}`, within(path)))
    .map(([i, service]) => ({ service, where: within([...path, i]) }));
  const withSound = (fields: readonly string[]) =>
    services.filter(({ where }) => fields.every((field) => findings.isSound(field, where)));
  const virtualAddresses = virtualAddressesOf(withSound(VIRTUAL).map(({ service }) => service));
  checkRepeats(withSound(KEY), findings);
  for (const each of services) checkService({ ...each, virtualAddresses, findings });
  const counted = withSound(COUNTED).map(({ service }) => service);
  if (sum(counted, (s) => s.destinations.length) > MAX_DESTINATIONS)
    findings.refuse(path, destinationsLimit.error);
  if (sum(counted, (s) => s.allow.length + s.deny.length) > MAX_CLIENT_PREFIXES)
    findings.refuse(path, prefixesLimit.error);
}

const sum = <T>(all: readonly T[], of: (each: T) => number): number =>
  all.reduce((n, each) => n + of(each), 0);

interface PlacedService {
  readonly service: ServiceSpec;
  readonly where: Whereabouts;
}

function checkRepeats(services: readonly PlacedService[], findings: Findings): void {
  const seen = new Set<string>();
  for (const { service, where } of services) {
    const key = serviceKey(service);
    if (seen.has(key)) findings.refuse(where(), `service "${key}" stands here twice, wanted once`);
    seen.add(key);
  }
}

/** A service, and what its rules look at beside it. */
interface Around extends PlacedService, Asked {
  readonly virtualAddresses: Pick<ReadonlySet<string>, "has">;
}

function checkService(around: Around): void {
  const { service, where, findings } = around;
  askRules(SERVICE_RULES, service, around);
  askItemRules(service, around.virtualAddresses, around);
  checkTunnel(service.tunnel, around);
  if (!findings.isSound("destinations", where)) return;
  const seen = new Set<string>();
  for (const [i, destination] of service.destinations.entries())
    if (findings.isSound(`destinations.${i}`, where)) checkDestination(destination, i, { ...around, seen });
}

/** `seen` holds the endpoints of the service's destinations before this one. */
function checkDestination(destination: DestinationSpec, i: number, around: Around & { seen: Set<string> }) {
  const { service, virtualAddresses, findings, seen } = around;
  const where = candidateWithin(around.where(), i, destination);
  const candidate = { service, destination, method: destination.method ?? service.method, virtualAddresses };
  askRules(DESTINATION_RULES, candidate, { where, findings });
  checkTunnel(destination.tunnel, { where: within(where("destination")), findings });
  if (!ENDPOINT.every((field) => findings.isSound(field, where))) return;
  const endpoint = formatEndpoint(destination.address, destination.port ?? service.port);
  if (seen.has(endpoint))
    findings.refuse(where("destination"), `destination "${endpoint}" stands here twice, wanted once`);
  seen.add(endpoint);
}

/** What tells a service's destinations apart. */
const ENDPOINT = ["destination.address", "destination.port", "service.port"];

function checkTunnel(tunnel: TunnelSpec | undefined, { where, findings }: Asked): void {
  if (tunnel === undefined || !findings.isSound("tunnel", where)) return;
  askRules(TUNNEL_RULES, tunnel, { where: within(where("tunnel")), findings });
}
