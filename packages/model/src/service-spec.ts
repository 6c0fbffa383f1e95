/** One virtual service as operators write it, and the rules across its fields. */
import { z } from "zod";
import { familyOf, formatEndpoint } from "./address.ts";
import { CheckSpec } from "./check-spec.ts";
import { flag, ipAddress, ipPrefix, oneOf, portNumber, seconds, wanted, wholeNumber } from "./field.ts";
import { parsePrefix } from "./prefix.ts";
import { TimeoutsSpec } from "./settings-spec.ts";

/** Schedulers by the name that documents use. */
export const SCHEDULER_NAMES = [
  "rr",
  "wrr",
  "lc",
  "wlc",
  "lblc",
  "lblcr",
  "dh",
  "sh",
  "sed",
  "nq",
  "fo",
  "ovf",
  "mh",
  "twos",
] as const;
export type SchedulerName = (typeof SCHEDULER_NAMES)[number];

/** Most destinations, over all services. */
export const MAX_DESTINATIONS = 131_072;
export const destinationsLimit = wanted(`at most ${MAX_DESTINATIONS} destinations over all services`);

const method = oneOf("masquerade", "direct-route", "tunnel", "full-nat", "local");

/** How packets are wrapped on their way to a destination. */
export const TunnelSpec = z.strictObject({
  type: oneOf("ipip", "gue", "gre").default("ipip").describe("Encapsulation; between families, too."),
  port: portNumber.optional().describe("UDP port of the destination; for gue only, and wanted there."),
  checksum: oneOf("none", "full", "remote")
    .default("none")
    .describe("Checksum of the outer header (gue, gre); remote: remote checksum offload (gue only)."),
});
export type TunnelSpec = z.infer<typeof TunnelSpec>;

const threshold = wholeNumber(0, 2_147_483_647).default(0);
const tunnel = TunnelSpec.optional();

/** One real server of a service. */
export const DestinationSpec = z.strictObject({
  address: ipAddress.describe(
    "Address of the real server; of the service's family unless a tunnel leads there.",
  ),
  port: wholeNumber(0, 65_535)
    .optional()
    .describe("Port of the real server; the service's port if absent, and 0 the port of the packet."),
  weight: wholeNumber(0, 2_147_483_647)
    .default(1)
    .describe("Share of new connections; 0 quiesces: established connections go on, new ones avoid it."),
  method: method.optional().describe("Forwarding method; the service's method if absent."),
  tunnel: tunnel.describe("Kind of tunnel; the service's if absent."),
  upperThreshold: threshold.describe("Connections from which on it gets no new ones; 0: no limit."),
  lowerThreshold: threshold.describe(
    "Connections below which it gets new ones again; 0: three quarters of the upper threshold.",
  ),
  drain: flag
    .default(false)
    .describe("Taken out of service: effective weight 0 whatever `weight` says, until undone."),
});
export type DestinationSpec = z.infer<typeof DestinationSpec>;

/** Clients that stay with their destination. */
export const PersistenceSpec = z.strictObject({
  timeout: wholeNumber(1, 2_678_400)
    .default(360)
    .describe("Seconds without a new connection after which a client may be sent elsewhere."),
  prefix: wholeNumber(1, 128)
    .optional()
    .describe("Leading bits of the client's address that count: clients of one prefix stay together."),
  engine: oneOf("sip")
    .optional()
    .describe("Clients are told apart by what they say: sip by Call-ID (UDP only)."),
});
export type PersistenceSpec = z.infer<typeof PersistenceSpec>;

const fate = (when: string, how: string) =>
  oneOf("keep", "drop", "expire", "reset")
    .default("keep")
    .describe(
      `Connections of a destination that ${when}: keep forwards them on, drop leaves them unanswered until it ${how}, expire forgets them, reset tells both ends.`,
    );

const fields = {
  protocol: oneOf("tcp", "udp", "sctp", "any")
    .default("any")
    .describe("Transport protocol; left out for a firewall mark only."),
  address: ipAddress
    .default("0.0.0.0")
    .describe(
      'Virtual address that clients talk to; of a firewall mark "0.0.0.0" for IPv4 or "::" for IPv6.',
    ),
  port: wholeNumber(0, 65_535)
    .default(0)
    .describe("Virtual port that clients talk to; 0 with persistence: every port."),
  mark: wholeNumber(1, 0xffff_ffff)
    .optional()
    .describe("Firewall mark, instead of protocol, address and port."),
  scheduler: oneOf(...SCHEDULER_NAMES)
    .default("wlc")
    .describe("Picks the destination of a new connection."),
  schedulerFlags: z
    .array(oneOf("fallback", "port"))
    .default([])
    .describe(
      "For sh and mh. fallback: ask the next slot if the client's destination is unusable; port: the client's port counts.",
    ),
  onePacket: flag.default(false).describe("UDP: every packet is scheduled by itself."),
  persistence: PersistenceSpec.optional().describe("Clients stay with their destination."),
  method: method.default("masquerade").describe("Forwarding method of destinations that name none."),
  tunnel: tunnel.describe("Kind of tunnel of destinations that name none; ipip if absent."),
  sourceAddresses: z
    .array(ipAddress)
    .min(1, wanted("at least one address"))
    .optional()
    .describe("full-nat: addresses of this cluster that connections to real servers come from."),
  helper: oneOf("ftp")
    .optional()
    .describe("ftp: data connections follow the control connection (masquerade)."),
  sloppy: flag
    .default(false)
    .describe("TCP and SCTP: any packet may open a connection, not the first one only."),
  timeouts: TimeoutsSpec.optional().describe("Timeouts in seconds, instead of the settings' ones."),
  whenDown: fate("its checks take down", "comes up"),
  whenRemoved: fate("is removed", "returns"),
  allow: z
    .array(ipPrefix)
    .default([])
    .describe("Prefixes of clients that are served; nobody else is, if there are any."),
  deny: z
    .array(ipPrefix)
    .default([])
    .describe("Prefixes of clients that are not served; the longer match counts."),
  slowStart: seconds(0, 3600)
    .default(0)
    .describe(
      "Seconds in which the weight of a destination that comes up grows to its full size; 0: at once.",
    ),
  check: CheckSpec.optional().describe("Health check of every destination; without one they count as up."),
};

/** One virtual service. */
export const ServiceSpec = z.strictObject({
  ...fields,
  destinations: z
    .array(DestinationSpec)
    .max(MAX_DESTINATIONS, destinationsLimit)
    .default([])
    .describe("Real servers, in listing order."),
});
export type ServiceSpec = z.infer<typeof ServiceSpec>;

interface Target {
  readonly protocol: string;
  readonly address: string;
  readonly port: number;
  readonly mark?: number | undefined;
}

/** Key of a service: `tcp 192.0.2.1:80`, or `mark 7 ipv6`. Unique within a document. */
export function serviceKey(s: Target): string {
  if (s.mark !== undefined) return `mark ${s.mark} ipv${familyOf(s.address)}`;
  return `${s.protocol} ${formatEndpoint(s.address, s.port)}`;
}

/** Key of a destination within its service: `tcp 192.0.2.1:80 -> 10.0.0.1:8080`. Unique within a document. */
export function destinationKey(s: Target, d: Pick<DestinationSpec, "address" | "port">): string {
  return `${serviceKey(s)} -> ${formatEndpoint(d.address, d.port ?? s.port)}`;
}

/** Tells where in the service something is wrong, and what. */
export type Refuse = (path: readonly (string | number)[], message: string) => void;

/** Rules across the fields of one service that is well-formed in each of them. */
export function checkService(s: ServiceSpec, refuse: Refuse): void {
  for (const rule of RULES) rule(s, refuse);
  const seen = new Set<string>();
  for (const [i, d] of s.destinations.entries()) {
    const key = destinationKey(s, d);
    if (seen.has(key)) refuse(["destinations", i], `destination "${key}" stands here twice, wanted once`);
    seen.add(key);
    for (const rule of DESTINATION_RULES)
      rule(s, d, (path, message) => refuse(["destinations", i, ...path], message));
  }
}

type Rule = (s: ServiceSpec, refuse: Refuse) => void;
type DestinationRule = (s: ServiceSpec, d: DestinationSpec, refuse: Refuse) => void;

const isUnspecified = (address: string): boolean => address === "0.0.0.0" || address === "::";

const RULES: readonly Rule[] = [
  function target(s, refuse) {
    if (s.mark !== undefined) {
      if (s.protocol !== "any")
        refuse(["protocol"], `protocol is "${s.protocol}", wanted none: the mark says it all`);
      if (!isUnspecified(s.address))
        refuse(["address"], `address is "${s.address}", wanted "0.0.0.0" or "::": the mark says it all`);
      if (s.port !== 0) refuse(["port"], `port is ${s.port}, wanted none: the mark says it all`);
      return;
    }
    if (s.protocol === "any")
      refuse(["protocol"], 'protocol is missing, wanted "tcp", "udp", "sctp", or a mark');
    if (isUnspecified(s.address))
      refuse(["address"], `address is "${s.address}", wanted a virtual address, or a mark`);
    if (s.port === 0 && !s.persistence)
      refuse(["port"], "port is 0, wanted 1 to 65535, or persistence: then 0 stands for every port");
  },
  function onePacket(s, refuse) {
    if (s.onePacket && s.protocol !== "udp" && s.mark === undefined)
      refuse(
        ["onePacket"],
        `protocol is "${s.protocol}", wanted "udp": only UDP has packets without a connection`,
      );
  },
  function schedulerFlags(s, refuse) {
    if (s.schedulerFlags.length > 0 && s.scheduler !== "sh" && s.scheduler !== "mh")
      refuse(["schedulerFlags"], `scheduler is "${s.scheduler}", wanted sh or mh: no other has flags`);
  },
  function persistence(s, refuse) {
    const { prefix, engine } = s.persistence ?? {};
    if (prefix !== undefined && prefix > 32 && familyOf(s.address) === 4)
      refuse(["persistence", "prefix"], `prefix is ${prefix}, wanted 1 to 32: the service is IPv4`);
    if (engine === "sip" && s.protocol !== "udp")
      refuse(["persistence", "engine"], `protocol is "${s.protocol}", wanted "udp" for the engine sip`);
  },
  function helper(s, refuse) {
    if (s.helper === "ftp" && s.protocol !== "tcp")
      refuse(["helper"], `protocol is "${s.protocol}", wanted "tcp" for the helper ftp`);
  },
  function clients(s, refuse) {
    for (const list of ["allow", "deny"] as const)
      for (const [i, text] of s[list].entries()) {
        const family = parsePrefix(text)!.family;
        if (family !== familyOf(s.address))
          refuse([list, i], `"${text}" is IPv${family}, wanted IPv${familyOf(s.address)} as the service`);
      }
    for (const [i, text] of s.deny.entries())
      if (s.allow.includes(text))
        refuse(["deny", i], `"${text}" is allowed, too, wanted in one of the lists`);
  },
  function sources(s, refuse) {
    for (const [i, address] of (s.sourceAddresses ?? []).entries())
      if (familyOf(address) !== familyOf(s.address))
        refuse(
          ["sourceAddresses", i],
          `"${address}" is IPv${familyOf(address)}, wanted IPv${familyOf(s.address)} as the service`,
        );
  },
];

const DESTINATION_RULES: readonly DestinationRule[] = [
  function family(s, d, refuse) {
    const [found, own] = [familyOf(d.address), familyOf(s.address)];
    if (found !== own && (d.method ?? s.method) !== "tunnel")
      refuse(["address"], `"${d.address}" is IPv${found}, wanted IPv${own} as the service, or a tunnel`);
  },
  function port(s, d, refuse) {
    const how = d.method ?? s.method;
    const keepsPort = how === "direct-route" || how === "tunnel" || how === "local";
    if (keepsPort && s.mark === undefined && d.port !== undefined && d.port !== s.port)
      refuse(["port"], `port is ${d.port}, wanted ${s.port}: ${how} does not change the port`);
  },
  function tunnel(s, d, refuse) {
    if ((d.method ?? s.method) !== "tunnel") {
      if (d.tunnel) refuse(["tunnel"], `method is "${d.method ?? s.method}", wanted "tunnel"`);
      return;
    }
    const { type, port, checksum } = d.tunnel ?? s.tunnel ?? TunnelSpec.parse({});
    if (type === "gue" && port === undefined)
      refuse(["tunnel", "port"], "port is missing, wanted the UDP port of gue");
    if (type !== "gue" && port !== undefined)
      refuse(["tunnel", "port"], `port is ${port}, wanted none for ${type}`);
    if (type === "ipip" && checksum !== "none")
      refuse(["tunnel", "checksum"], `checksum is "${checksum}", wanted "none": ipip has no checksum`);
    if (type === "gre" && checksum === "remote")
      refuse(["tunnel", "checksum"], 'checksum is "remote", wanted "none" or "full" for gre');
  },
  function thresholds(_, d, refuse) {
    if (d.lowerThreshold > d.upperThreshold)
      refuse(
        ["lowerThreshold"],
        `lowerThreshold is ${d.lowerThreshold}, wanted at most the upperThreshold, ${d.upperThreshold}`,
      );
  },
  function fullNat(s, d, refuse) {
    if ((d.method ?? s.method) === "full-nat" && !s.sourceAddresses)
      refuse(["method"], "method is full-nat, wanted sourceAddresses in the service to come from");
    if ((d.method ?? s.method) === "full-nat" && s.mark !== undefined)
      refuse(["method"], "method is full-nat, wanted another one for a firewall mark");
  },
];
