/** A command of ipvsadm carried out on the document: what the tool's imperative line means where the whole configuration is one value. */
import {
  type DestinationSpec,
  DocumentSpec,
  destinationKey,
  familyOf,
  type PersistenceSpec,
  parseAddress,
  SCHEDULER_NAMES,
  type SchedulerName,
  ServiceSpec,
  serviceKey,
  type TimeoutsSpec,
} from "@tandem/model";
import type {
  IpvsadmCommand,
  IpvsadmRefusal,
  ServerSettings,
  ServerTarget,
  ServiceSettings,
  ServiceTarget,
} from "./command.ts";

/** The document after a command, or why it stays as it is: the kernel's own words, exit status 255. */
export type Edited = { readonly document: DocumentSpec } | IpvsadmRefusal;

/** Commands that change the document. The others read, or are about daemons and counters. */
export type EditCommand = Extract<
  IpvsadmCommand,
  {
    name:
      | "add-service"
      | "edit-service"
      | "delete-service"
      | "add-server"
      | "edit-server"
      | "delete-server"
      | "flush"
      | "set";
  }
>;

type Edit<N extends EditCommand["name"]> = (
  document: DocumentSpec,
  command: Extract<EditCommand, { name: N }>,
) => Edited;

const kernel = (message: string): IpvsadmRefusal => ({ message, exit: 255 });

const EDITS: { readonly [N in EditCommand["name"]]: Edit<N> } = {
  "add-service": addService,
  "edit-service": editService,
  "delete-service": deleteService,
  "add-server": addServer,
  "edit-server": editServer,
  "delete-server": deleteServer,
  flush: (document) => ({ document: { ...document, services: [] } }),
  set: setTimeouts,
};

/** Whether a command changes the document. */
export const isEdit = (command: IpvsadmCommand): command is EditCommand => command.name in EDITS;

/**
 * Carry out a command. A new real server becomes the first of its service, as in the kernel's list: ties go to the newest.
 *
 * @returns a new document that shares what did not change, or the refusal. Never throws.
 */
export function editDocument(document: DocumentSpec, command: EditCommand): Edited {
  return (EDITS[command.name] as (d: DocumentSpec, c: EditCommand) => Edited)(document, command);
}

function addService(document: DocumentSpec, { service, settings }: CommandOf<"add-service">): Edited {
  if (find(document, service)) return kernel("Service already exists");
  const fields = serviceFields(settings, service);
  if ("message" in fields) return fields;
  const { data, error } = ServiceSpec.safeParse({ ...targetFields(service), ...fields });
  return data
    ? checked({ ...document, services: [...document.services, data] })
    : kernel(error.issues[0]!.message);
}

/** What the tool knows of is replaced as a whole; what only documents know (timeouts, checks, …) stays. */
function editService(document: DocumentSpec, { service, settings }: CommandOf<"edit-service">): Edited {
  const before = find(document, service);
  if (!before) return kernel("No such service");
  const fields = serviceFields(settings, service);
  if ("message" in fields) return fields;
  const { persistence: _, ...kept } = before;
  return replace(document, before, { ...kept, ...fields });
}

function deleteService(document: DocumentSpec, { service }: CommandOf<"delete-service">): Edited {
  const before = find(document, service);
  if (!before) return kernel("No such service");
  return { document: { ...document, services: document.services.filter((s) => s !== before) } };
}

function addServer(document: DocumentSpec, command: CommandOf<"add-server">): Edited {
  const service = find(document, command.service);
  if (!service) return kernel("Service not defined");
  const refusal = serverProblem(command);
  if (refusal) return refusal;
  const server = serverFields(command, service);
  if (findServer(service, server)) return kernel("Destination already exists");
  return replace(document, service, { ...service, destinations: [server, ...service.destinations] });
}

function editServer(document: DocumentSpec, command: CommandOf<"edit-server">): Edited {
  const service = find(document, command.service);
  if (!service) return kernel("Service not defined");
  const refusal = serverProblem(command);
  if (refusal) return refusal;
  const server = serverFields(command, service);
  const before = findServer(service, server);
  if (!before) return kernel("No such destination");
  const destinations = service.destinations.map((d) => (d === before ? { ...server, drain: d.drain } : d));
  return replace(document, service, { ...service, destinations });
}

function deleteServer(document: DocumentSpec, command: CommandOf<"delete-server">): Edited {
  const service = find(document, command.service);
  if (!service) return kernel("Service not defined");
  const before = findServer(service, command.server);
  if (!before) return kernel("No such destination");
  const destinations = service.destinations.filter((d) => d !== before);
  return { document: exchange(document, service, { ...service, destinations }) };
}

function setTimeouts(document: DocumentSpec, { tcp, tcpFin, udp }: CommandOf<"set">): Edited {
  const before = document.settings.timeouts;
  const timeouts: TimeoutsSpec = {
    ...before,
    tcp: { ...before.tcp, ...(tcp > 0 && { established: tcp }), ...(tcpFin > 0 && { finWait: tcpFin }) },
    udp: { ...before.udp, ...(udp > 0 && { single: udp, lasting: udp }) },
  };
  return { document: { ...document, settings: { ...document.settings, timeouts } } };
}

type CommandOf<N extends EditCommand["name"]> = Extract<EditCommand, { name: N }>;

const NOT_UNICAST = "Invalid operation.  Possibly wrong module version, address not unicast, ...";

function serverProblem({ server, settings }: CommandOf<"add-server" | "edit-server">) {
  if (!isUsable(server)) return kernel(NOT_UNICAST);
  const { lowerThreshold, upperThreshold } = settings;
  return lowerThreshold > upperThreshold ? kernel("Numerical result out of range") : undefined;
}

/** An address that packets can be sent to: neither unspecified nor multicast nor broadcast. */
function isUsable({ address }: ServerTarget): boolean {
  const bytes = parseAddress(address);
  if (!bytes || bytes.every((b) => b === 0)) return false;
  return bytes.length === 4 ? bytes[0]! < 224 : bytes[0] !== 0xff;
}

const ANY_ADDRESS = { 4: "0.0.0.0", 6: "::" } as const;

type TargetFields = Pick<ServiceSpec, "protocol" | "address" | "port"> & { mark?: number };

function targetFields(target: ServiceTarget): TargetFields {
  if (!("mark" in target)) return target;
  return { protocol: "any", address: ANY_ADDRESS[target.family], port: 0, mark: target.mark };
}

function find(document: DocumentSpec, target: ServiceTarget): ServiceSpec | undefined {
  const key = serviceKey(targetFields(target));
  return document.services.find((s) => serviceKey(s) === key);
}

/** With direct routing and tunnels the port means nothing, and documents do not have it: only a mark's real server may be named by another. */
function findServer(service: ServiceSpec, server: Pick<DestinationSpec, "address" | "port">) {
  const key = destinationKey(service, server);
  const keepsPort = (d: DestinationSpec) => service.mark !== undefined && d.method !== "masquerade";
  return service.destinations.find(
    (d) => destinationKey(service, d) === key || (keepsPort(d) && d.address === server.address),
  );
}

type SettingsFields = Pick<ServiceSpec, "scheduler" | "schedulerFlags" | "onePacket" | "persistence">;

function serviceFields(settings: ServiceSettings, target: ServiceTarget): SettingsFields | IpvsadmRefusal {
  const { scheduler, schedulerFlags, onePacket, persistence } = settings;
  if (!isScheduler(scheduler)) return kernel("Scheduler or persistence engine not found");
  const engine = persistence?.engine;
  if (engine !== undefined && engine !== "sip") return kernel("Scheduler or persistence engine not found");
  const bits = "mark" in target ? ALL_BITS[target.family] : ALL_BITS[familyOf(target.address)];
  const kept: PersistenceSpec | undefined = persistence && {
    timeout: persistence.timeout,
    ...(persistence.prefix !== undefined && persistence.prefix !== bits && { prefix: persistence.prefix }),
    ...(engine !== undefined && { engine }),
  };
  // the kernel keeps flags of schedulers that know none; here they would be a mistake of the document
  const flags = scheduler === "sh" || scheduler === "mh" ? [...schedulerFlags] : [];
  return { scheduler, schedulerFlags: flags, onePacket, ...(kept && { persistence: kept }) };
}

const ALL_BITS = { 4: 32, 6: 128 } as const;

const isScheduler = (name: string): name is SchedulerName =>
  (SCHEDULER_NAMES as readonly string[]).includes(name);

function serverFields(
  { server, settings }: { server: ServerTarget; settings: ServerSettings },
  service: ServiceSpec,
): DestinationSpec {
  const { method, weight, upperThreshold, lowerThreshold, tunnel } = settings;
  const { address } = server;
  const port = method === "masquerade" ? server.port : service.port;
  return {
    address,
    port,
    weight,
    method,
    upperThreshold,
    lowerThreshold,
    drain: false,
    ...(tunnel && { tunnel: { ...tunnel } }),
  };
}

function exchange(document: DocumentSpec, before: ServiceSpec, after: ServiceSpec): DocumentSpec {
  return { ...document, services: document.services.map((s) => (s === before ? after : s)) };
}

/** The document, unless the change breaks a rule of documents: then the first one. */
function checked(document: DocumentSpec): Edited {
  const { error } = DocumentSpec.safeParse(document);
  return error ? kernel(error.issues[0]!.message) : { document };
}

const replace = (document: DocumentSpec, before: ServiceSpec, after: ServiceSpec): Edited =>
  checked(exchange(document, before, after));
