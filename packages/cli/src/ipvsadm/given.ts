/** What the options of a line say, each read into its own slot. */
import { familyOf } from "@tandem/model";
import type { ServerSettings, ServerTarget, ServiceTarget, SyncDaemon, TransportName } from "./command.ts";
import type { NameBook } from "./name-book.ts";
import type { Slot } from "./options.ts";
import {
  readCount,
  readEndpoint,
  readGroup,
  readMark,
  readMask,
  readNumber,
  readPort,
  readPrefix,
  readTimeout,
} from "./values.ts";
import type { GivenOption } from "./words.ts";

/** What the options of a line say, each in its own slot. */
export interface Given {
  readonly names: NameBook;
  service?: ServiceTarget;
  server?: ServerTarget;
  scheduler?: string;
  /** As they were written: which there may be depends on the scheduler. */
  flags?: string;
  persistent?: number;
  /** Of IPv4, which is meant before another family was named. */
  mask?: number | undefined;
  /** Of IPv6. */
  prefix?: number | undefined;
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

const METHODS: Readonly<Record<string, ServerSettings["method"]>> = {
  gatewaying: "direct-route",
  ipip: "tunnel",
  masquerading: "masquerade",
};

/** Reads one option's value, or says what is wrong with it. Options that only stand there need no reader. */
export const READERS: Partial<Record<Slot, Reader>> = {
  "service-address": readService,
  ipv6(given) {
    if (!given.service || !("mark" in given.service)) return "-6 used before -f\n"; // the tool has a line break of its own in it
    given.service = { mark: given.service.mark, family: 6 };
    return undefined;
  },
  scheduler: (given, _, value) => void (given.scheduler = value),
  "sched-flags": (given, _, value) => void (given.flags = value),
  persistent(given, { value }) {
    const timeout = value === undefined ? DEFAULT_PERSISTENCE : readTimeout(value, 1);
    if (timeout === undefined) return `invalid timeout value \`${value}' specified`;
    given.persistent = timeout;
    return undefined;
  },
  netmask(given, _, value) {
    if (given.service && familyOfService(given.service) === 6) {
      given.prefix = readPrefix(value);
      return given.prefix === undefined ? "illegal ipv6 netmask specified" : undefined;
    }
    given.mask = readMask(value);
    return given.mask === undefined ? "illegal virtual server persistent mask specified" : undefined;
  },
  pe: (given, _, value) => void (given.engine = value),
  "real-server"(given, _, value) {
    const service = given.service && "port" in given.service ? given.service : undefined;
    const protocol = given.service && (service?.protocol ?? "tcp"); // whose ports have which names
    const server = readEndpoint(value, protocol, given.names);
    if (!server) return "illegal real server address[:port] specified";
    given.server = { ...server, port: server.port ?? service?.port ?? 0 };
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
  const protocol = row.long.replace("-service", "") as TransportName;
  const at = readEndpoint(value, protocol, given.names);
  if (!at) return "illegal virtual server address[:port] specified";
  given.service = { protocol, ...at, port: at.port ?? 0 };
  return undefined;
}

/** Address family of a service. */
export const familyOfService = (s: ServiceTarget): 4 | 6 => ("mark" in s ? s.family : familyOf(s.address));
