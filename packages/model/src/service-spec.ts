/** One virtual service as operators write it. Rules across its fields: service-rules.ts. */
import { z } from "zod";
import { familyOf, formatEndpoint } from "./address.ts";
import { CheckSpec } from "./check-spec.ts";
import {
  DestinationSpec,
  destinationsLimit,
  forwardingMethod,
  MAX_DESTINATIONS,
  TunnelSpec,
} from "./destination-spec.ts";
import { flag, ipAddress, ipPrefix, oneOf, wanted, wholeNumber } from "./field.ts";
import { seconds, wholeSeconds } from "./quantity.ts";
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

/** Most prefixes in `allow` and `deny`, over all services. */
export const MAX_CLIENT_PREFIXES = 65_536;
/** Said of more. */
export const prefixesLimit = wanted(`at most ${MAX_CLIENT_PREFIXES} prefixes over all services`);

/** Clients that stay with their destination. */
export const PersistenceSpec = z.strictObject({
  timeout: wholeSeconds(1, 2_678_400)
    .default(360)
    .describe("Seconds without a new connection after which a client may be sent elsewhere."),
  prefix: wholeNumber(1, 128)
    .optional()
    .describe("Leading bits of the client's address that count: clients of one prefix stay together."),
  mask: ipAddress
    .optional()
    .describe("IPv4, instead of a prefix: bits of the client's address that count, whichever they are."),
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
  unusedFlags: z
    .array(oneOf("flag-1", "flag-2", "flag-3"))
    .min(1, wanted("at least one flag"))
    .optional()
    .describe("Flags that ipvsadm gave and the scheduler does not know: listed by it, without effect."),
  onePacket: flag
    .default(false)
    .describe(
      "UDP: every packet is scheduled by itself; nothing translates the answers of masqueraded destinations back.",
    ),
  persistence: PersistenceSpec.optional().describe("Clients stay with their destination."),
  unusedEngine: oneOf("sip")
    .optional()
    .describe(
      "Persistence engine that ipvsadm gave to a service without persistence, or not of UDP: listed by it, without effect.",
    ),
  method: forwardingMethod
    .default("masquerade")
    .describe("Forwarding method of destinations that name none."),
  tunnel: TunnelSpec.optional().describe("Kind of tunnel of destinations that name none; ipip if absent."),
  sourceAddresses: z
    .array(ipAddress)
    .min(1, wanted("at least one address"))
    .optional()
    .describe("full-nat: addresses of this cluster that connections to real servers come from."),
  helper: oneOf("ftp")
    .optional()
    .describe("ftp: data connections follow the control connection (masquerade, full-nat)."),
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
      "Seconds in which the weight of a destination that comes back or joins grows from 1 to its full size; 0: at once.",
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

/** Addresses that clients of these services talk to, each once; a firewall mark has none of its own. */
export function virtualAddressesOf(services: readonly Pick<Target, "address" | "mark">[]): Set<string> {
  return new Set(services.filter((s) => s.mark === undefined).map((s) => s.address));
}
