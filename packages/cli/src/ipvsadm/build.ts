/** Commands made of the options of their lines. */
import { familyOf } from "@tandem/model";
import type { IpvsadmCommand, IpvsadmRefusal, ServerSettings, ServiceSettings } from "./command.ts";
import { familyOfService } from "./given.ts";
import type { Line } from "./line.ts";
import { listCommand } from "./list-command.ts";
import type { CommandName } from "./options.ts";
import { usage } from "./refusal.ts";
import { checkTunnel, tunnelOf } from "./tunnel-options.ts";
import { readFlags, readMode, readTimeout } from "./values.ts";

type Builder = (line: Line) => IpvsadmCommand | IpvsadmRefusal;

/** Makes each command, or says what is wrong across its options. */
export const BUILDERS: Record<CommandName, Builder> = {
  "add-service": (line) => serviceCommand("add-service", line),
  "edit-service": (line) => serviceCommand("edit-service", line),
  "delete-service": ({ given }) => ({ name: "delete-service", service: given.service! }),
  "add-server": (line) => serverCommand("add-server", line),
  "edit-server": (line) => serverCommand("edit-server", line),
  "delete-server": ({ given }) => ({
    name: "delete-server",
    service: given.service!,
    server: given.server!,
  }),
  list: listCommand,
  zero: ({ given }) => ({ name: "zero", ...(given.service && { service: given.service }) }),
  set: setCommand,
  save: ({ slots }) => ({ name: "save", numeric: slots.has("numeric") }),
  "start-daemon": ({ words, given }) => ({
    name: "start-daemon",
    daemon: { mode: readMode(words.argument!)!, ...given.daemon },
  }),
  "stop-daemon": ({ words, given: { daemon } }) => ({
    name: "stop-daemon",
    mode: readMode(words.argument!)!,
    ...(daemon.syncId !== undefined && { syncId: daemon.syncId }),
  }),
  flush: () => ({ name: "flush", keeps: false }),
  restore: ({ slots }) => ({ name: "restore", replace: slots.has("replace") }),
  help: () => ({ name: "help" }),
  version: () => ({ name: "version" }),
};

function serviceCommand(name: "add-service" | "edit-service", { given, slots }: Line): ReturnType<Builder> {
  const service = given.service!;
  const { persistent, engine, scheduler = "wlc" } = given;
  const schedulerFlags = readFlags(given.flags ?? "", scheduler);
  if (typeof schedulerFlags === "string") return usage(schedulerFlags);
  const onePacket = slots.has("ops");
  if (onePacket && "protocol" in service && service.protocol !== "udp")
    return usage("One-Packet Scheduling is only for UDP virtual services");
  if (persistent === undefined && "port" in service && service.port === 0)
    return usage("Zero port specified for non-persistent service");
  const settings: ServiceSettings = {
    scheduler,
    schedulerFlags,
    onePacket,
    ...(persistent !== undefined && {
      persistence: {
        timeout: persistent,
        ...(familyOfService(service) === 6
          ? given.prefix !== undefined && { prefix: given.prefix }
          : maskFields(given.mask)),
      },
    }),
    ...(engine !== undefined && { engine }),
  };
  return { name, service, settings };
}

/** An IPv4 mask: its leading bits, or itself where it has none or others, too. */
function maskFields(mask: number | undefined): { prefix?: number; mask?: string } {
  if (mask === undefined) return {};
  const prefix = Math.clz32(~mask);
  if (prefix > 0 && mask === 2 ** 32 - 2 ** (32 - prefix)) return { prefix };
  return { mask: [24, 16, 8, 0].map((shift) => (mask >>> shift) & 0xff).join(".") };
}

function serverCommand(name: "add-server" | "edit-server", { given, slots }: Line): ReturnType<Builder> {
  const service = given.service!;
  const server = given.server!;
  const method = given.method ?? "direct-route";
  if (familyOf(server.address) !== familyOfService(service) && method !== "tunnel")
    return usage("Different address family is allowed only for tunneling servers");
  const problem = checkTunnel(method, given, slots);
  if (problem !== undefined) return usage(problem);
  // a real server behind direct routing or a tunnel sees the client's packet as it came: its port is the service's
  const port = method !== "masquerade" && "port" in service ? service.port : server.port;
  const settings: ServerSettings = {
    method,
    weight: given.weight ?? 1,
    upperThreshold: given.upper ?? 0,
    lowerThreshold: given.lower ?? 0,
    ...(method === "tunnel" && { tunnel: tunnelOf(given, slots) }),
  };
  return { name, service, server: { ...server, port }, settings };
}

function setCommand({ words }: Line): ReturnType<Builder> {
  const seconds = words.rest.map((text) => readTimeout(text, 0));
  const wrong = seconds.indexOf(undefined);
  if (wrong >= 0) return usage(`invalid timeout value \`${words.rest[wrong]}' specified`);
  const [tcp, tcpFin, udp] = seconds as number[];
  return { name: "set", tcp: tcp!, tcpFin: tcpFin!, udp: udp! };
}
