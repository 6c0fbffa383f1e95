/** `-A`, `-E`, `-D`, `-C`: services of the document. */
import {
  checkOneService,
  familyOf,
  profileOf,
  SCHEDULER_NAMES,
  type SchedulerName,
  ServiceSpec,
  serviceKey,
} from "@tandem/model";
import type { IpvsadmRefusal, ServiceSettings, ServiceTarget } from "./command.ts";
import { addDraftService, type Draft, type DraftService, removeDraftService } from "./draft.ts";
import type { EditOf } from "./edit.ts";
import { kernelRefusal } from "./refusal.ts";
import { withUnusedPorts } from "./unused-port.ts";

/** A service that there is none of. */
export function addService(
  draft: Draft,
  { service, settings }: EditOf<"add-service">,
): IpvsadmRefusal | undefined {
  const key = targetKey(service);
  if (draft.services.has(key)) return kernelRefusal("Service already exists");
  const fields = serviceFields(settings, service);
  if ("message" in fields) return fields;
  const former = draft.former.get(key);
  const checked = checkedService(draft, {
    ...targetFields(service),
    ...(former && ownFields(former)),
    ...fields,
    destinations: [],
  });
  if ("message" in checked) return checked;
  addDraftService(draft, key, checked);
  return undefined;
}

/** What the tool knows of is replaced as a whole; what only documents know (timeouts, checks, …) stays. */
export function editService(
  draft: Draft,
  { service, settings }: EditOf<"edit-service">,
): IpvsadmRefusal | undefined {
  const before = draft.services.get(targetKey(service));
  if (!before) return kernelRefusal("No such service");
  const fields = serviceFields(settings, service);
  if ("message" in fields) return fields;
  const { port, method } = before.spec;
  const destinations = withUnusedPorts(before.finished().destinations, { ...fields, port, method });
  const checked = checkedService(draft, { ...ownFields(before), ...fields, destinations });
  if ("message" in checked) return checked;
  const { destinations: servers, ...spec } = checked;
  before.spec = spec;
  before.replaceServers(servers);
  return undefined;
}

type UnlessSaid = "persistence" | "unusedFlags" | "unusedEngine";

/** Of a service, what stays when the tool says all that it knows: what has a place in documents alone. */
function ownFields({ spec }: DraftService): Omit<typeof spec, UnlessSaid> {
  const { persistence: _, unusedFlags: __, unusedEngine: ___, ...kept } = spec;
  return kept;
}

/** A service and its real servers. */
export function deleteService(
  draft: Draft,
  { service }: EditOf<"delete-service">,
): IpvsadmRefusal | undefined {
  const key = targetKey(service);
  if (!draft.services.has(key)) return kernelRefusal("No such service");
  removeDraftService(draft, key);
  return undefined;
}

/** All of them. */
export function flushServices(draft: Draft, { keeps }: EditOf<"flush">): undefined {
  draft.former = keeps ? new Map(draft.services) : new Map();
  draft.services.clear();
  draft.virtualAddresses.clear();
}

const ANY_ADDRESS = { 4: "0.0.0.0", 6: "::" } as const;

function targetFields(
  target: ServiceTarget,
): Pick<ServiceSpec, "protocol" | "address" | "port"> & { mark?: number } {
  if (!("mark" in target)) return target;
  return { protocol: "any", address: ANY_ADDRESS[target.family], port: 0, mark: target.mark };
}

/** Key of a service in documents. */
export const targetKey = (target: ServiceTarget): string => serviceKey(targetFields(target));

/** The service as documents have it, or the first rule of documents that it breaks. */
function checkedService(draft: Draft, service: object): ServiceSpec | IpvsadmRefusal {
  const { data, error } = ServiceSpec.safeParse({ ...profileOf(draft.settings).service, ...service });
  if (!data) return kernelRefusal(inWords(error.issues[0]!));
  const problems: string[] = [];
  const { virtualAddresses } = draft; // not copied: a file may add as many services as a document has room for
  const isOwn = (address: string) => data.mark === undefined && address === data.address;
  const has = (address: string) => virtualAddresses.has(address) || isOwn(address);
  checkOneService(data, { has }, (_, message) => problems.push(message));
  return problems[0] === undefined ? data : kernelRefusal(problems[0]);
}

const inWords = ({ path, message }: { path: PropertyKey[]; message: string }): string =>
  `${path.join(".")}: ${message}`;

type SettingsFields = Pick<ServiceSpec, "scheduler" | "schedulerFlags" | "onePacket" | UnlessSaid>;

function serviceFields(settings: ServiceSettings, target: ServiceTarget): SettingsFields | IpvsadmRefusal {
  const { scheduler, onePacket, engine } = settings;
  if (!isScheduler(scheduler) || (engine !== undefined && engine !== "sip"))
    return kernelRefusal("Scheduler or persistence engine not found");
  return { scheduler, ...flagFields(settings), onePacket, ...persistenceFields(settings, target) };
}

/** Call-IDs are of UDP: an engine that has nothing to read is kept and shown all the same. */
function persistenceFields(
  { persistence, engine }: ServiceSettings,
  target: ServiceTarget,
): Pick<SettingsFields, "persistence" | "unusedEngine"> {
  const given = engine === "sip" ? engine : undefined;
  const isUsed = persistence && "protocol" in target && target.protocol === "udp";
  const bits = "mark" in target ? ALL_BITS[target.family] : ALL_BITS[familyOf(target.address)];
  const { prefix } = persistence ?? {};
  return {
    ...(persistence && {
      persistence: {
        timeout: persistence.timeout,
        ...(persistence.mask !== undefined && { mask: persistence.mask }),
        ...(prefix !== undefined && prefix !== bits && { prefix }),
        ...(isUsed && given && { engine: given }),
      },
    }),
    ...(given && !isUsed && { unusedEngine: given }),
  };
}

const ALL_BITS = { 4: 32, 6: 128 } as const;

const isScheduler = (name: string): name is SchedulerName =>
  (SCHEDULER_NAMES as readonly string[]).includes(name);

const UNUSED = { fallback: "flag-1", port: "flag-2", third: "flag-3" } as const;

/** Two flags mean something to sh and mh; the kernel keeps and shows the others, too. */
function flagFields({
  scheduler,
  schedulerFlags: given,
}: ServiceSettings): Pick<SettingsFields, "schedulerFlags" | "unusedFlags"> {
  const isUsed = (flag: keyof typeof UNUSED): flag is "fallback" | "port" =>
    flag !== "third" && (scheduler === "sh" || scheduler === "mh");
  const unused = given.filter((flag) => !isUsed(flag)).map((flag) => UNUSED[flag]);
  return { schedulerFlags: given.filter(isUsed), ...(unused.length > 0 && { unusedFlags: unused }) };
}
