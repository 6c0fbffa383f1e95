/** ipvsadm's command line (1.31) read into values; its mistakes in the tool's own words. Nothing is carried out here. */
import { familyOf } from "@tandem/model";
import type {
  IpvsadmCommand,
  IpvsadmRefusal,
  ListView,
  ServerSettings,
  ServerTarget,
  ServiceSettings,
  ServiceTarget,
  SyncDaemon,
  TransportName,
} from "./command.ts";
import { COMMANDS, type CommandName, type CommandRow, type Slot } from "./options.ts";
import {
  readCount,
  readEndpoint,
  readFlags,
  readGroup,
  readMark,
  readNetmask,
  readNumber,
  readPort,
  readTimeout,
} from "./values.ts";
import { type GivenOption, readWords, type Words } from "./words.ts";

/** What the options of a line say, each in its own slot. */
interface Given {
  service?: ServiceTarget;
  server?: ServerTarget;
  scheduler?: string;
  flags?: ("fallback" | "port")[];
  persistent?: number;
  prefix?: number;
  engine?: string;
  method?: ServerSettings["method"];
  weight?: number;
  upper?: number;
  lower?: number;
  tunnelType?: "ipip" | "gue" | "gre";
  tunnelPort?: number;
  daemon: { -readonly [F in keyof Omit<SyncDaemon, "mode">]: SyncDaemon[F] };
}

type Reader = (given: Given, option: GivenOption, value: string) => string | undefined;

const TUNNEL_CHECKSUMS = { "tun-nocsum": "none", "tun-csum": "full", "tun-remcsum": "remote" } as const;
const METHODS: Readonly<Record<string, ServerSettings["method"]>> = {
  gatewaying: "direct-route",
  ipip: "tunnel",
  masquerading: "masquerade",
};

/** Reads one option's value, or says what is wrong with it. Options that only stand there need no reader. */
const READERS: Partial<Record<Slot, Reader>> = {
  "service-address": readService,
  ipv6(given) {
    if (!given.service || !("mark" in given.service)) return "-6 used before -f";
    given.service = { mark: given.service.mark, family: 6 };
    return undefined;
  },
  scheduler: (given, _, value) => void (given.scheduler = value),
  "sched-flags"(given, _, value) {
    const flags = readFlags(value);
    if ("unknown" in flags) return `invalid scheduler flag \`${flags.unknown}'`;
    given.flags = flags;
    return undefined;
  },
  persistent(given, { value }) {
    const timeout = value === undefined ? DEFAULT_PERSISTENCE : readTimeout(value, 1);
    if (timeout === undefined) return `invalid timeout value \`${value}' specified`;
    given.persistent = timeout;
    return undefined;
  },
  netmask(given, _, value) {
    const family = given.service ? familyOfService(given.service) : 4;
    const prefix = readNetmask(value, family);
    if (prefix === undefined)
      return family === 6 ? "illegal ipv6 netmask specified" : `invalid netmask value \`${value}' specified`;
    given.prefix = prefix;
    return undefined;
  },
  pe: (given, _, value) => void (given.engine = value),
  "real-server"(given, _, value) {
    const server = readEndpoint(value);
    if (!server) return "illegal real server address[:port] specified";
    const servicePort = given.service && "port" in given.service ? given.service.port : 0;
    given.server = server.port === 0 ? { ...server, port: servicePort } : server;
    return undefined;
  },
  "forwarding-method": (given, { row }) => void (given.method = METHODS[row.long]!),
  weight: number("weight", readCount, "illegal weight specified"),
  "u-threshold": number("upper", readCount, "illegal u_threshold specified"),
  "l-threshold": number("lower", readCount, "illegal l_threshold specified"),
  "tun-type"(given, _, value) {
    if (value !== "ipip" && value !== "gue" && value !== "gre") return "illegal tunnel type specified";
    given.tunnelType = value;
    return undefined;
  },
  "tun-port": number("tunnelPort", readPort, "illegal tunnel port specified"),
  "mcast-interface": (given, _, value) => void (given.daemon.interface = value),
  syncid: daemonNumber("syncId", [0, 255], "illegal syncid specified"),
  "sync-maxlen": daemonNumber("maxLength", [1, 65_507], "illegal sync-maxlen specified"),
  "mcast-port": daemonNumber("port", [1, 65_535], "illegal mcast-port specified"),
  "mcast-ttl": daemonNumber("ttl", [1, 255], "illegal mcast-ttl specified"),
  "mcast-group"(given, _, value) {
    const group = readGroup(value);
    if (group === undefined) return `invalid IPv${familyOf(value)} mcast-group \`${value}'`;
    given.daemon.group = group;
    return undefined;
  },
};

/** Seconds of `-p` without a number. */
const DEFAULT_PERSISTENCE = 360;

function number(
  field: "weight" | "upper" | "lower" | "tunnelPort",
  read: (text: string) => number | undefined,
  message: string,
): Reader {
  return (given, _, value) => {
    const found = read(value);
    if (found === undefined) return message;
    given[field] = found;
    return undefined;
  };
}

function daemonNumber(
  field: "syncId" | "maxLength" | "port" | "ttl",
  [min, max]: readonly [number, number],
  message: string,
): Reader {
  return (given, _, value) => {
    const found = readNumber(value, min, max);
    if (found === undefined) return message;
    given.daemon[field] = found;
    return undefined;
  };
}

function readService(given: Given, { row }: GivenOption, value: string): string | undefined {
  if (row.long === "fwmark-service") {
    const mark = readMark(value);
    if (mark === undefined) return `invalid fwmark value \`${value}' specified`;
    given.service = { mark, family: 4 };
    return undefined;
  }
  const at = readEndpoint(value);
  if (!at) return "illegal virtual server address[:port] specified";
  given.service = { protocol: row.long.replace("-service", "") as TransportName, ...at };
  return undefined;
}

const familyOfService = (s: ServiceTarget): 4 | 6 => ("mark" in s ? s.family : familyOf(s.address));
const usage = (message: string): IpvsadmRefusal => ({ message, exit: 2 });

/** Whether a result is a refusal. */
export const isRefusal = (result: object): result is IpvsadmRefusal =>
  "message" in result && "exit" in result;

/**
 * Read a command line, without the word `ipvsadm` in front.
 *
 * @returns what it asks for, or the tool's own message and exit status. Never throws.
 */
export function parseIpvsadm(args: readonly string[]): IpvsadmCommand | IpvsadmRefusal {
  const words = readWords(args);
  if (isRefusal(words)) return words;
  const given: Given = { daemon: {} };
  const slots = new Set<Slot>();
  for (const option of words.options) {
    const { slot } = option.row;
    if (slots.has(slot)) return usage(`multiple '${slot}' options specified`);
    const problem = READERS[slot]?.(given, option, option.value ?? "");
    if (problem !== undefined) return usage(problem);
    slots.add(slot);
  }
  const problem = checkSlots(words, slots) ?? checkRest(words);
  return problem === undefined ? BUILDERS[words.command]({ words, given, slots }) : usage(problem);
}

function checkSlots({ command }: Words, slots: ReadonlySet<Slot>): string | undefined {
  const row: CommandRow = COMMANDS.find((c) => c.name === command)!;
  const missing = row.needs.find((slot) => !slots.has(slot));
  if (missing) return `You need to supply the '${missing}' option for the '${command}' command`;
  const illegal = [...slots].find((slot) => !row.needs.includes(slot) && !row.may.includes(slot));
  return illegal && `Illegal '${illegal}' option with the '${command}' command`;
}

function checkRest({ command, rest }: Words): string | undefined {
  const wanted = command === "set" ? 3 : 0;
  if (rest.length < wanted) return "--set option requires 3 timeout values";
  return rest.length > wanted ? `unexpected argument ${rest[wanted]}` : undefined;
}

interface Line {
  readonly words: Words;
  readonly given: Given;
  readonly slots: ReadonlySet<Slot>;
}
type Builder = (line: Line) => IpvsadmCommand | IpvsadmRefusal;

const BUILDERS: Record<CommandName, Builder> = {
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
  "start-daemon"({ words, given }) {
    const mode = daemonMode(words.argument);
    return mode
      ? { name: "start-daemon", daemon: { mode, ...given.daemon } }
      : usage("illegal start-daemon parameter specified");
  },
  "stop-daemon"({ words, given }) {
    const mode = daemonMode(words.argument);
    const { syncId } = given.daemon;
    if (!mode) return usage("illegal start_daemon specified");
    return { name: "stop-daemon", mode, ...(syncId !== undefined && { syncId }) };
  },
  flush: () => ({ name: "flush" }),
  restore: () => ({ name: "restore" }),
  help: () => ({ name: "help" }),
  version: () => ({ name: "version" }),
};

const daemonMode = (text: string | undefined): "master" | "backup" | undefined =>
  text === "master" || text === "backup" ? text : undefined;

function serviceCommand(name: "add-service" | "edit-service", { given, slots }: Line): ReturnType<Builder> {
  const service = given.service!;
  const onePacket = slots.has("one-packet");
  if (onePacket && "protocol" in service && service.protocol !== "udp")
    return usage("One-Packet Scheduling is only for UDP virtual services");
  if (given.persistent === undefined && "port" in service && service.port === 0)
    return usage("Zero port specified for non-persistent service");
  const { persistent, prefix, engine } = given;
  const settings: ServiceSettings = {
    scheduler: given.scheduler ?? "wlc",
    schedulerFlags: given.flags ?? [],
    onePacket,
    ...(persistent !== undefined && {
      persistence: {
        timeout: persistent,
        ...(prefix !== undefined && { prefix }),
        ...(engine !== undefined && { engine }),
      },
    }),
  };
  return { name, service, settings };
}

function serverCommand(name: "add-server" | "edit-server", { given, slots }: Line): ReturnType<Builder> {
  const service = given.service!;
  const server = given.server!;
  const method = given.method ?? "direct-route";
  const problem = checkTunnel(method, given, slots);
  if (problem !== undefined) return usage(problem);
  if (familyOf(server.address) !== familyOfService(service) && method !== "tunnel")
    return usage("Different address family is allowed only for tunneling servers");
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

const CHECKSUM_SLOTS = ["tun-nocsum", "tun-csum", "tun-remcsum"] as const;

/** Which checksum options a tunnel type knows. */
const CHECKSUMS_OF: Record<"ipip" | "gue" | "gre", readonly Slot[]> = {
  ipip: [],
  gue: CHECKSUM_SLOTS,
  gre: ["tun-nocsum", "tun-csum"],
};

function checkTunnel(method: string, given: Given, slots: ReadonlySet<Slot>): string | undefined {
  const type = given.tunnelType ?? "ipip";
  const checksums = CHECKSUM_SLOTS.filter((slot) => slots.has(slot));
  if (method !== "tunnel" && (slots.has("tun-type") || slots.has("tun-port") || checksums.length > 0))
    return "Tunnel options conflict with forward method";
  if (type === "gue" && !slots.has("tun-port"))
    return "You need to supply the 'tun-port' option for the 'gue' tunnel type";
  if (type !== "gue" && slots.has("tun-port"))
    return `Illegal 'tun-port' option with the '${type}' tunnel type`;
  const illegal = checksums.find((slot) => !CHECKSUMS_OF[type].includes(slot));
  if (illegal) return `Illegal '${illegal}' option with the '${type}' tunnel type`;
  const [first, second] = checksums;
  return second && `The option '${second}' conflicts with the '${first}' option in the '${type}' tunnel type`;
}

function tunnelOf(given: Given, slots: ReadonlySet<Slot>): NonNullable<ServerSettings["tunnel"]> {
  const checksum = CHECKSUM_SLOTS.find((slot) => slots.has(slot)) ?? "tun-nocsum";
  return {
    type: given.tunnelType ?? "ipip",
    checksum: TUNNEL_CHECKSUMS[checksum],
    ...(given.tunnelPort !== undefined && { port: given.tunnelPort }),
  };
}

function setCommand({ words }: Line): ReturnType<Builder> {
  const seconds = words.rest.map((text) => readTimeout(text, 0));
  const wrong = seconds.indexOf(undefined);
  if (wrong >= 0) return usage(`invalid timeout value \`${words.rest[wrong]}' specified`);
  const [tcp, tcpFin, udp] = seconds as number[];
  return { name: "set", tcp: tcp!, tcpFin: tcpFin!, udp: udp! };
}

/** Lists that go alone, with what they say of each other. */
const LONE_LISTS = ["connection", "timeout", "daemon"] as const;
const VIEWS: readonly Slot[] = ["stats", "rate", "thresholds", "persistent-conn", "tun-info"];

function listCommand({ given, slots }: Line): ReturnType<Builder> {
  const lone = LONE_LISTS.filter((slot) => slots.has(slot));
  const hasView = VIEWS.some(
    (slot) => slots.has(slot) && !(slot === "persistent-conn" && lone[0] === "connection"),
  );
  if (lone.length > 1 || (lone.length === 1 && hasView))
    return usage("options conflicts in the list command");
  if (lone[0] && given.service) return usage(loneConflict(lone[0]));
  const view: ListView = {
    stats: slots.has("stats"),
    rate: slots.has("rate"),
    thresholds: slots.has("thresholds"),
    persistentConn: slots.has("persistent-conn"),
    tunInfo: slots.has("tun-info"),
    numeric: slots.has("numeric"),
    exact: slots.has("exact"),
    sorted: !slots.has("nosort"),
  };
  const what = lone[0] === "connection" ? "connections" : (lone[0] ?? "services");
  return { name: "list", what, view, ...(given.service && { service: given.service }) };
}

/** The tool names the two in the order of its own table. */
function loneConflict(lone: (typeof LONE_LISTS)[number]): string {
  const [one, other] = lone === "connection" ? ["service-address", lone] : [lone, "service-address"];
  return `The option '${one}' conflicts with the '${other}' option in the 'list' command`;
}
