/** `-a`, `-e`, `-d`: real servers of the document. A new one becomes the first of its service, as in the kernel's list: ties go to the newest. */
import {
  addressKind,
  checkOneService,
  type DestinationSpec,
  familyOf,
  type ServiceSpec,
  serviceKey,
} from "@tandem/model";
import type { IpvsadmRefusal, ServerSettings, ServerTarget } from "./command.ts";
import { type Draft, type DraftService, endKey } from "./draft.ts";
import type { EditOf } from "./edit.ts";
import { targetKey } from "./edit-service.ts";
import { INVALID_OPERATION, kernelRefusal } from "./refusal.ts";
import { isPortUnused } from "./unused-port.ts";

/** A real server that the service has not got. */
export function addServer(draft: Draft, command: EditOf<"add-server">): IpvsadmRefusal | undefined {
  const found = prepare(draft, command);
  if ("message" in found) return found;
  const { service, server } = found;
  if (findServer(service, command.server)) return kernelRefusal("Destination already exists");
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
  if (!findServer(service, command.server)) return kernelRefusal("No such destination");
  const problem = ruleProblem(draft, found);
  if (problem !== undefined) return kernelRefusal(problem);
  service.servers().set(endKey(command.server, service.spec), server);
  return undefined;
}

/** A real server, away. */
export function deleteServer(draft: Draft, command: EditOf<"delete-server">): IpvsadmRefusal | undefined {
  const service = draft.services.get(targetKey(command.service));
  if (!service) return kernelRefusal("Service not defined");
  const isGone = service.servers().delete(endKey(command.server, service.spec));
  return isGone ? undefined : kernelRefusal("No such destination");
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
  return { service, server: serverFields(command, service, draft.former) };
}

/** The kernel's sync protocol has no words for connections from one family into the other. */
const isUnspeakable = ({ settings }: Draft, { service, server }: Prepared): boolean =>
  settings.syncDaemons.length > 0 && familyOf(server.address) !== familyOf(service.spec.address);

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

const findServer = (service: DraftService, server: ServerTarget): DestinationSpec | undefined =>
  service.servers().get(endKey(server, service.spec));

function serverFields(
  { server, settings }: EditOf<"add-server"> | EditOf<"edit-server">,
  service: DraftService,
  former: Draft["former"],
): DestinationSpec {
  const { weight, upperThreshold, lowerThreshold, tunnel } = settings;
  const holder = findServer(service, server) ? service : former.get(serviceKey(service.spec));
  const before = holder && findServer(holder, server);
  const fields =
    (before && unsaidMethod(before, settings, holder)) ?? methodFields(server, settings, service);
  const isImplied = !before?.method && !fields.listedAs && fields.method === service.spec.method;
  return {
    ...server,
    weight,
    ...(isImplied ? {} : fields),
    upperThreshold,
    lowerThreshold,
    drain: before?.drain ?? false,
    ...(tunnel && { tunnel: { ...tunnel } }),
  };
}

type MethodFields = Pick<DestinationSpec, "method" | "listedAs">;

/** What the tool says of methods that it has no word for. */
const SAID: Readonly<Partial<Record<ServiceSpec["method"], ServerSettings["method"]>>> = {
  "full-nat": "masquerade",
  local: "direct-route",
};

/** A method that the tool has no word for stays as it is where the tool says again what it says of it. */
function unsaidMethod(
  { method: own, listedAs }: DestinationSpec,
  { method: asked }: ServerSettings,
  { spec }: DraftService,
): MethodFields | undefined {
  const method = own ?? spec.method;
  if (method === asked || (listedAs ?? SAID[method]) !== asked) return undefined;
  return { method, ...(listedAs && { listedAs }) };
}

/** What leads to the loopback stays on this host, whatever the method: the kernel finds that out packet by packet, and lists what it was asked for. */
function methodFields(
  server: ServerTarget,
  { method: asked }: ServerSettings,
  { spec }: DraftService,
): MethodFields {
  const method = addressKind(server.address) === "loopback" ? "local" : asked;
  return { method, ...((method !== asked || isPortUnused(server, asked, spec)) && { listedAs: asked }) };
}
