/** `-a`, `-e`, `-d`: real servers of the document. A new one becomes the first of its service, as in the kernel's list: ties go to the newest. */
import { addressKind, checkOneService, type DestinationSpec, familyOf, serviceKey } from "@tandem/model";
import type { IpvsadmRefusal, ServerTarget } from "./command.ts";
import { type Draft, type DraftService, endKey } from "./draft.ts";
import type { EditOf } from "./edit.ts";
import { targetKey } from "./edit-service.ts";
import { INVALID_OPERATION, kernelRefusal } from "./refusal.ts";

/** A real server that the service has not got. */
export function addServer(draft: Draft, command: EditOf<"add-server">): IpvsadmRefusal | undefined {
  const found = prepare(draft, command);
  if ("message" in found) return found;
  const { service, server } = found;
  if (findServer(service, server)) return kernelRefusal("Destination already exists");
  if (!isUsable(command.server) || isUnspeakable(draft, found)) return kernelRefusal(INVALID_OPERATION);
  const problem = ruleProblem(draft, found);
  if (problem !== undefined) return kernelRefusal(problem);
  service.servers().set(endKey(server, service.spec), server);
  return undefined;
}

/** All that the tool knows of a real server, replaced. */
export function editServer(draft: Draft, command: EditOf<"edit-server">): IpvsadmRefusal | undefined {
  const found = prepare(draft, command);
  if ("message" in found) return found;
  const { service, server } = found;
  const before = findServer(service, server);
  if (!before) return kernelRefusal("No such destination");
  const problem = ruleProblem(draft, found);
  if (problem !== undefined) return kernelRefusal(problem);
  const [key] = before;
  const edited = [endKey(server, service.spec), server] as const;
  if (key === edited[0]) service.servers().set(...edited);
  else service.replaceServers(new Map([...service.servers()].map((s) => (s[0] === key ? edited : s))));
  return undefined;
}

/** A real server, away. */
export function deleteServer(draft: Draft, command: EditOf<"delete-server">): IpvsadmRefusal | undefined {
  const service = draft.services.get(targetKey(command.service));
  if (!service) return kernelRefusal("Service not defined");
  const before = findServer(service, command.server);
  if (!before) return kernelRefusal("No such destination");
  service.servers().delete(before[0]);
  return undefined;
}

type Prepared = { readonly service: DraftService; readonly server: DestinationSpec };

function prepare(
  draft: Draft,
  command: EditOf<"add-server"> | EditOf<"edit-server">,
): Prepared | IpvsadmRefusal {
  const service = draft.services.get(targetKey(command.service));
  if (!service) return kernelRefusal("Service not defined");
  const { lowerThreshold, upperThreshold } = command.settings;
  if (lowerThreshold > upperThreshold) return kernelRefusal("Numerical result out of range");
  const wanted = serverFields(command, service);
  return { service, server: { ...wanted, ...standing(wanted, draft, service) } };
}

/** The kernel's sync protocol has no words for connections from one family into the other. */
const isUnspeakable = ({ settings }: Draft, { service, server }: Prepared): boolean =>
  settings.syncDaemons.length > 0 && familyOf(server.address) !== familyOf(service.spec.address);

/** Methods that the tool has no word for, by the one that it says instead: what it says of them leaves them as they are. */
const UNSAID = { masquerade: "full-nat", "direct-route": "local" } as const;

/** What only documents know of a real server that is there, or was before everything was replaced. */
function standing(
  wanted: DestinationSpec,
  draft: Draft,
  service: DraftService,
): Pick<DestinationSpec, "drain" | "method"> {
  const holder = findServer(service, wanted) ? service : draft.former.get(serviceKey(service.spec));
  const before = holder && findServer(holder, wanted)?.[1];
  if (!before) return { drain: false, method: wanted.method };
  const method = before.method ?? holder.spec.method;
  const isUnsaid = wanted.method && UNSAID[wanted.method as keyof typeof UNSAID] === method;
  return { drain: before.drain, method: isUnsaid ? method : wanted.method };
}

const NOT_UNICAST: ReadonlySet<string> = new Set([
  "unspecified",
  "multicast",
  "broadcast",
  "link-local",
  "IPv4-mapped",
]);

/** An address that packets can be sent to without more being said. */
const isUsable = ({ address }: ServerTarget): boolean => !NOT_UNICAST.has(addressKind(address));

/** The first rule of documents that a real server breaks. */
function ruleProblem(draft: Draft, { service: { spec }, server }: Prepared): string | undefined {
  const problems: string[] = [];
  const virtual = draft.virtualAddresses.has(server.address) ? new Set([server.address]) : new Set<string>();
  checkOneService({ ...spec, destinations: [server] }, virtual, (path, message) => {
    if (path[0] === "destinations") problems.push(message);
  });
  return problems[0];
}

/** With direct routing and tunnels the port means nothing, and documents do not have it: only a mark's real server may be named by another. */
function findServer(service: DraftService, server: Pick<DestinationSpec, "address" | "port">) {
  const { spec } = service;
  const servers = service.servers();
  const key = endKey(server, spec);
  const exact = servers.get(key);
  if (exact) return [key, exact] as const;
  if (spec.mark === undefined) return undefined;
  const portless = endKey({ address: server.address, port: spec.port }, spec);
  const found = servers.get(portless);
  return found && (found.method ?? spec.method) !== "masquerade" ? ([portless, found] as const) : undefined;
}

function serverFields(
  { server: { address, port }, settings }: EditOf<"add-server"> | EditOf<"edit-server">,
  { spec }: DraftService,
): DestinationSpec {
  const { weight, upperThreshold, lowerThreshold, tunnel } = settings;
  // what leads to the loopback stays on this host, whatever the method: the kernel finds that out packet by packet
  const method = addressKind(address) === "loopback" ? "local" : settings.method;
  return {
    address,
    port: method === "masquerade" || method === "local" ? port : spec.port,
    weight,
    method,
    upperThreshold,
    lowerThreshold,
    drain: false,
    ...(tunnel && method === "tunnel" && { tunnel: { ...tunnel } }),
  };
}
