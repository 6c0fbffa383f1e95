/** The grammar of ipvsadm 1.31 as data: its options and commands, and which option may stand with which command. */

/** What an option fills; several spellings may fill one slot, and then only one of them may be given. */
export type Slot =
  | "service-address"
  | "ipv6"
  | "scheduler"
  | "persistent"
  | "netmask"
  | "pe"
  | "ops"
  | "sched-flags"
  | "real-server"
  | "forwarding-method"
  | "weight"
  | "u-threshold"
  | "l-threshold"
  | "tun-type"
  | "tun-port"
  | "tun-nocsum"
  | "tun-csum"
  | "tun-remcsum"
  | "numeric"
  | "connection"
  | "timeout"
  | "daemon"
  | "stats"
  | "rate"
  | "thresholds"
  | "persistent-conn"
  | "tun-info"
  | "nosort"
  | "sort"
  | "exact"
  | "all-nodes"
  | "replace"
  | "mcast-interface"
  | "syncid"
  | "sync-maxlen"
  | "mcast-group"
  | "mcast-port"
  | "mcast-ttl";

/** An option, as it is written. */
export interface OptionRow {
  readonly slot: Slot;
  readonly short?: string;
  readonly long: string;
  /** "maybe": a value is taken if the next word is not an option. */
  readonly takes: "nothing" | "value" | "maybe";
}

const option = (
  slot: Slot,
  short: string | undefined,
  long: string,
  takes: OptionRow["takes"] = "nothing",
): OptionRow => ({ slot, long, takes, ...(short && { short }) });

/** Every option that is not a command, in the order in which the tool complains of those that are missing or too many. */
export const OPTIONS: readonly OptionRow[] = [
  option("numeric", "n", "numeric"),
  option("connection", "c", "connection"),
  option("service-address", "t", "tcp-service", "value"),
  option("service-address", "u", "udp-service", "value"),
  option("service-address", undefined, "sctp-service", "value"),
  option("service-address", "f", "fwmark-service", "value"),
  option("ipv6", "6", "ipv6"),
  option("scheduler", "s", "scheduler", "value"),
  option("persistent", "p", "persistent", "maybe"),
  option("netmask", "M", "netmask", "value"),
  option("real-server", "r", "real-server", "value"),
  option("forwarding-method", "g", "gatewaying"),
  option("forwarding-method", "i", "ipip"),
  option("forwarding-method", "m", "masquerading"),
  option("weight", "w", "weight", "value"),
  option("u-threshold", "x", "u-threshold", "value"),
  option("l-threshold", "y", "l-threshold", "value"),
  option("mcast-interface", undefined, "mcast-interface", "value"),
  option("timeout", undefined, "timeout"),
  option("daemon", undefined, "daemon"),
  option("stats", undefined, "stats"),
  option("rate", undefined, "rate"),
  option("thresholds", undefined, "thresholds"),
  option("persistent-conn", undefined, "persistent-conn"),
  option("nosort", undefined, "nosort"),
  option("sort", undefined, "sort"),
  option("syncid", undefined, "syncid", "value"),
  option("exact", "X", "exact"),
  option("ops", "o", "ops"),
  option("pe", undefined, "pe", "value"),
  option("sched-flags", "b", "sched-flags", "value"),
  option("mcast-group", undefined, "mcast-group", "value"),
  option("mcast-port", undefined, "mcast-port", "value"),
  option("mcast-ttl", undefined, "mcast-ttl", "value"),
  option("sync-maxlen", undefined, "sync-maxlen", "value"),
  option("tun-info", undefined, "tun-info"),
  option("tun-type", undefined, "tun-type", "value"),
  option("tun-port", undefined, "tun-port", "value"),
  option("tun-nocsum", undefined, "tun-nocsum"),
  option("tun-csum", undefined, "tun-csum"),
  option("tun-remcsum", undefined, "tun-remcsum"),
  option("all-nodes", undefined, "all-nodes"), // beyond ipvsadm: of the whole cluster
  option("replace", undefined, "replace"), // beyond ipvsadm: -R in place of what is there
];

/** A command, as it is written, and the options that it goes with. */
export interface CommandRow {
  /** As the tool's messages say it. */
  readonly name: string;
  readonly short: readonly string[];
  readonly long: readonly string[];
  readonly takes: "nothing" | "value";
  readonly needs: readonly Slot[];
  readonly may: readonly Slot[];
}

const service: Slot[] = ["service-address"];
const serviceSettings: Slot[] = ["ipv6", "scheduler", "persistent", "netmask", "pe", "ops", "sched-flags"];
const tunnel: Slot[] = ["tun-type", "tun-port", "tun-nocsum", "tun-csum", "tun-remcsum"];
const server: Slot[] = ["service-address", "real-server"];
const serverSettings: Slot[] = [
  "ipv6",
  "forwarding-method",
  "weight",
  "u-threshold",
  "l-threshold",
  ...tunnel,
];
const views: Slot[] = [
  "stats",
  "rate",
  "thresholds",
  "persistent-conn",
  "tun-info",
  "nosort",
  "sort",
  "exact",
  "all-nodes",
];
const daemon: Slot[] = ["mcast-interface", "syncid", "sync-maxlen", "mcast-group", "mcast-port", "mcast-ttl"];

/** Every command; the first word of a line is one of them. */
export const COMMANDS = [
  {
    name: "add-service",
    short: ["A"],
    long: ["add-service"],
    takes: "nothing",
    needs: service,
    may: serviceSettings,
  },
  {
    name: "edit-service",
    short: ["E"],
    long: ["edit-service"],
    takes: "nothing",
    needs: service,
    may: serviceSettings,
  },
  {
    name: "delete-service",
    short: ["D"],
    long: ["delete-service"],
    takes: "nothing",
    needs: service,
    may: ["ipv6"],
  },
  { name: "flush", short: ["C"], long: ["clear"], takes: "nothing", needs: [], may: [] },
  { name: "restore", short: ["R"], long: ["restore"], takes: "nothing", needs: [], may: ["replace"] },
  { name: "save", short: ["S"], long: ["save"], takes: "nothing", needs: [], may: ["numeric"] },
  {
    name: "add-server",
    short: ["a"],
    long: ["add-server"],
    takes: "nothing",
    needs: server,
    may: serverSettings,
  },
  {
    name: "edit-server",
    short: ["e"],
    long: ["edit-server"],
    takes: "nothing",
    needs: server,
    may: serverSettings,
  },
  {
    name: "delete-server",
    short: ["d"],
    long: ["delete-server"],
    takes: "nothing",
    needs: server,
    may: ["ipv6"],
  },
  {
    name: "list",
    short: ["L", "l"],
    long: ["list"],
    takes: "nothing",
    needs: [],
    may: [...service, "ipv6", "numeric", "connection", "timeout", "daemon", "syncid", ...views],
  },
  { name: "zero", short: ["Z"], long: ["zero"], takes: "nothing", needs: [], may: [...service, "ipv6"] },
  { name: "set", short: [], long: ["set"], takes: "nothing", needs: [], may: [] },
  { name: "start-daemon", short: [], long: ["start-daemon"], takes: "value", needs: [], may: daemon },
  { name: "stop-daemon", short: [], long: ["stop-daemon"], takes: "value", needs: [], may: ["syncid"] },
  { name: "help", short: ["h"], long: ["help"], takes: "nothing", needs: [], may: [] },
  { name: "version", short: ["v"], long: ["version"], takes: "nothing", needs: [], may: [] },
] as const satisfies readonly CommandRow[];

export type CommandName = (typeof COMMANDS)[number]["name"];
