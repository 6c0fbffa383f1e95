/** Rules across the fields of one service. */
import { familyOf } from "./address.ts";
import { addressKind } from "./address-kind.ts";
import { type Asked, familyProblem, hostProblem, type Problem, rulesOf } from "./rule.ts";
import type { ServiceSpec } from "./service-spec.ts";
import { TIMEOUT_STATES } from "./settings-spec.ts";

/** Schedulers to which any weight but 0 is the same. */
const WEIGHTLESS: readonly string[] = ["rr", "lc", "dh"];

const rule = rulesOf<ServiceSpec>();
const none = (field: string, found: string | number) =>
  `${field} is ${JSON.stringify(found)}, wanted none: the mark says it all`;

/** Rules of a service. */
export const SERVICE_RULES = [
  rule("protocol", ["mark"], ({ protocol, mark }) => {
    if (mark !== undefined) return protocol !== "any" && none("protocol", protocol);
    return protocol === "any" && 'protocol is missing, wanted "tcp", "udp" or "sctp", or a mark';
  }),
  rule("address", ["mark"], ({ address, mark }) => {
    if (addressKind(address) === "unspecified")
      return mark === undefined && `address is "${address}", wanted a virtual address, or a mark`;
    if (mark === undefined) return hostProblem(address);
    return `address is "${address}", wanted "0.0.0.0" or "::": the mark says it all`;
  }),
  rule("port", ["mark"], ({ port, mark }) => mark !== undefined && port !== 0 && none("port", port)),
  rule(
    "port",
    ["mark", "persistence"],
    ({ port, mark, persistence }) =>
      port === 0 &&
      mark === undefined &&
      !persistence &&
      "port is missing or 0, wanted 1 to 65535, or persistence: then 0 stands for every port",
  ),
  rule(
    "schedulerFlags",
    ["scheduler"],
    ({ schedulerFlags, scheduler }) =>
      schedulerFlags.length > 0 &&
      scheduler !== "sh" &&
      scheduler !== "mh" &&
      `scheduler is "${scheduler}", wanted "sh" or "mh": no other has flags`,
  ),
  rule(
    "onePacket",
    ["protocol", "mark"],
    ({ onePacket, protocol, mark }) =>
      onePacket &&
      protocol !== "udp" &&
      mark === undefined &&
      `protocol is "${protocol}", wanted "udp": only UDP has packets without a connection`,
  ),
  rule(
    "persistence.prefix",
    ["address"],
    ({ persistence: { prefix = 0 } = {}, address }) =>
      prefix > 32 && familyOf(address) === 4 && `prefix is ${prefix}, wanted 1 to 32: the service is IPv4`,
  ),
  rule(
    "persistence.mask",
    ["address", "persistence.prefix"],
    ({ persistence: { mask, prefix } = {}, address }) => {
      if (mask === undefined) return undefined;
      if (familyOf(address) === 6) return `mask is "${mask}", wanted a prefix: the service is IPv6`;
      if (familyOf(mask) === 6) return `mask is "${mask}", wanted one of IPv4 as the service`;
      return prefix !== undefined && `mask is "${mask}", wanted none beside the prefix, ${prefix}`;
    },
  ),
  rule(
    "persistence.engine",
    ["protocol"],
    ({ persistence, protocol }) =>
      persistence?.engine === "sip" &&
      protocol !== "udp" &&
      `protocol is "${protocol}", wanted "udp" for the engine sip`,
  ),
  rule(
    "helper",
    ["protocol"],
    ({ helper, protocol }) =>
      helper === "ftp" && protocol !== "tcp" && `protocol is "${protocol}", wanted "tcp" for the helper ftp`,
  ),
  rule(
    "slowStart",
    ["scheduler"],
    ({ slowStart, scheduler }) =>
      slowStart > 0 &&
      WEIGHTLESS.includes(scheduler) &&
      `scheduler is "${scheduler}", wanted one that goes by weights`,
  ),
  rule(
    "sloppy",
    ["protocol"],
    ({ sloppy, protocol }) =>
      sloppy &&
      protocol === "udp" &&
      'protocol is "udp", wanted "tcp" or "sctp": any packet of UDP opens a connection',
  ),
  ...(Object.keys(TIMEOUT_STATES) as (keyof typeof TIMEOUT_STATES)[]).map((own) =>
    rule(
      `timeouts.${own}`,
      ["protocol", "mark"],
      ({ timeouts, protocol, mark }) =>
        timeouts?.[own] !== undefined &&
        protocol !== own &&
        mark === undefined &&
        `protocol is "${protocol}", wanted timeouts of that alone`,
    ),
  ),
  rule(
    "tunnel",
    ["method", "destinations.*.method"],
    (s) => s.tunnel !== undefined && methodProblem("tunnel", s),
  ),
  rule(
    "sourceAddresses",
    ["method", "destinations.*.method"],
    (s) => s.sourceAddresses !== undefined && methodProblem("full-nat", s),
  ),
];

type Methods = Pick<ServiceSpec, "method" | "destinations">;

const methodProblem = (wanted: ServiceSpec["method"], { method, destinations }: Methods): Problem =>
  method !== wanted &&
  destinations.every((d) => d.method !== wanted) &&
  `method is "${method}", wanted "${wanted}", here or of a destination`;

/** What a service lists by itself. */
type ListName = "schedulerFlags" | "unusedFlags" | "sourceAddresses" | "allow" | "deny";

/** One rule about every item of some lists, across the other fields of their service. */
interface ItemRule {
  readonly lists: readonly ListName[];
  readonly reads: readonly (keyof ServiceSpec)[];
  /** Makes the judge of one list; it hears of its items in order. */
  judge(service: ServiceSpec, virtualAddresses: Pick<ReadonlySet<string>, "has">): (item: string) => Problem;
}

const ITEM_RULES: readonly ItemRule[] = [
  {
    lists: ["sourceAddresses", "allow", "deny"],
    reads: ["address"],
    judge: (service) => (item) => familyProblem(item, service),
  },
  {
    lists: ["sourceAddresses"],
    reads: [],
    judge: () => (item) => hostProblem(item, "loopback, wanted one that real servers reach"),
  },
  {
    lists: ["sourceAddresses"],
    reads: [],
    judge: (_, virtualAddresses) => (item) =>
      virtualAddresses.has(item) && `"${item}" is a virtual address, wanted one that no service has`,
  },
  {
    lists: ["deny"],
    reads: ["allow"],
    judge({ allow }) {
      const allowed = new Set(allow);
      return (item) => allowed.has(item) && `"${item}" is allowed, too, wanted in one of the lists`;
    },
  },
  {
    lists: ["schedulerFlags", "unusedFlags", "sourceAddresses", "allow", "deny"],
    reads: [],
    judge() {
      const seen = new Set<string>();
      return (item) => seen.size === seen.add(item).size && `"${item}" stands here twice, wanted once`;
    },
  },
];

/** Ask the rules about the items of a service's lists. */
export function askItemRules(
  service: ServiceSpec,
  virtualAddresses: Pick<ReadonlySet<string>, "has">,
  { where, findings }: Asked,
): void {
  for (const { lists, reads, judge } of ITEM_RULES)
    for (const list of lists) {
      if (![list, ...reads].every((field) => findings.isSound(field, where))) continue;
      const problemOf = judge(service, virtualAddresses);
      for (const [i, item] of (service[list] ?? []).entries()) {
        const message = findings.isSound(`${list}.${i}`, where) && problemOf(item);
        if (message) findings.refuse([...where(list), i], message);
      }
    }
}
