/**
 * Settings of the whole cluster: what the Linux Virtual Server keeps under /proc/sys/net/ipv4/vs and in `ipvsadm --set`, by names that say it, and what
 * Tandem adds. docs/tandem-and-ipvs.md has the table of names and defaults.
 */
import { z } from "zod";
import { addressKind } from "./address-kind.ts";
import { flag, ipAddress, oneOf, patternText, wanted, wholeNumber } from "./field.ts";
import { seconds, wholeBytes, wholeSeconds } from "./quantity.ts";

const defence = (what: string) =>
  oneOf("off", "auto", "on")
    .default("off")
    .describe(`${what}; auto: while the connection table is nearly full.`);

/** Timeouts by protocol and state, in seconds, as `services[].timeouts` overrides them for one service. */
export const TIMEOUT_STATES = {
  tcp: [
    "none",
    "established",
    "synSent",
    "synRecv",
    "finWait",
    "timeWait",
    "close",
    "closeWait",
    "lastAck",
    "listen",
    "synAck",
  ],
  udp: ["none", "single", "lasting"],
  sctp: [
    "none",
    "init1",
    "init",
    "cookieSent",
    "cookieReplied",
    "cookieWait",
    "cookie",
    "cookieEchoed",
    "established",
    "shutdownSent",
    "shutdownReceived",
    "shutdownAckSent",
    "rejected",
    "closed",
  ],
} as const;

const timeout = seconds(1, 2_678_400)
  .optional()
  .describe(
    "Seconds without a packet in this state after which a connection ends; more than 2147483 count as that.",
  );
const states = <const T extends readonly string[]>(names: T) =>
  z
    .strictObject(Object.fromEntries(names.map((n) => [n, timeout])) as { [N in T[number]]: typeof timeout })
    .refine((given) => Object.keys(given).length > 0, {
      ...wanted("at least one state"),
      when: ({ issues }) => issues.length === 0,
    });

/** Seconds without a packet after which a connection ends, by protocol and state; what is absent keeps the kernel's value. */
export const TimeoutsSpec = z.strictObject({
  tcp: states(TIMEOUT_STATES.tcp).optional().describe("TCP, by state."),
  udp: states(TIMEOUT_STATES.udp).optional().describe("UDP, by state."),
  sctp: states(TIMEOUT_STATES.sctp).optional().describe("SCTP, by state."),
});
export type TimeoutsSpec = z.infer<typeof TimeoutsSpec>;

const syncMulticastGroup = ipAddress.refine(
  (address) => addressKind(address) === "multicast",
  wanted("a multicast address"),
);

/** A sync daemon of the kernel's protocol, as `ipvsadm --start-daemon` names it. */
export const SyncDaemonSpec = z.strictObject({
  mode: oneOf("master", "backup").describe(
    "Sends what the kernel's protocol says of connections, or takes it.",
  ),
  interface: patternText(/^[^\s/]{1,15}$/, "the name of an interface").describe(
    "Interface of the multicast group.",
  ),
  syncId: wholeNumber(0, 255)
    .default(0)
    .describe("Messages of another id are ignored; 0 of a backup: none are."),
  maxLength: wholeBytes(1, 65_507).default(1472).describe("Longest message in bytes."),
  group: syncMulticastGroup.default("224.0.0.81").describe("Multicast group."),
  port: wholeNumber(1, 65_535).default(8848).describe("UDP port of the group."),
  ttl: wholeNumber(1, 255).default(1).describe("Time to live of messages."),
});
export type SyncDaemonSpec = z.infer<typeof SyncDaemonSpec>;

const syncDaemons = z
  .array(SyncDaemonSpec)
  .default([])
  .refine((daemons) => new Set(daemons.map((d) => d.mode)).size === daemons.length, {
    ...wanted("at most one daemon of each mode"),
    when: ({ issues }) => issues.length === 0,
  });

/** Settings of the whole cluster, all with defaults. */
export const SettingsSpec = z.strictObject({
  profile: oneOf("lvs")
    .optional()
    .describe(
      "lvs: what this document does not say is as in the kernel, in settings and services; ours if absent.",
    ),
  timeouts: TimeoutsSpec.prefault({}).describe("Timeouts in seconds of services that name none."),
  reuse: oneOf("never", "closed", "one-way")
    .default("closed")
    .describe(
      "When a SYN on a known tuple is scheduled anew: never; when it is closed; also in FIN_WAIT seen from one side only.",
    ),
  rescheduleQuiesced: flag
    .default(false)
    .describe("A SYN on a known tuple of a destination with weight 0 is scheduled anew."),
  expireQuiescentTemplate: flag
    .default(false)
    .describe("A destination with weight 0 loses its persistent clients, too."),
  midStream: oneOf("drop", "host")
    .default("drop")
    .describe(
      "TCP to a service without SYN and without a connection: dropped, or left to the host, which answers RST.",
    ),
  unmatchedReply: oneOf("drop", "forward", "refuse")
    .default("drop")
    .describe(
      "From a masqueraded destination without a connection: dropped, left to the host's routing, or refused by ICMP.",
    ),
  scheduleIcmp: flag.default(false).describe("An ICMP error about no known connection may make one."),
  cacheBypass: flag
    .default(false)
    .describe("A firewall-mark service without a usable destination lets packets go to their own address."),
  pmtuDiscovery: flag
    .default(true)
    .describe(
      "Packets that must not be fragmented and do not fit are refused; false: tunnels fragment them.",
    ),
  cacheSeconds: wholeSeconds(1, 2_147_483)
    .default(86_400)
    .describe("lblc and lblcr: seconds after which an unused entry is stale."),
  dropEntry: defence("Half-open and idle connections are dropped at random"),
  dropPacket: defence("One in `dropRate` packets that would make a connection is dropped"),
  dropRate: wholeNumber(1, 2_147_483_647).default(10).describe("See `dropPacket`."),
  secureTcp: defence("TCP follows the stricter state table"),
  sourceBudget: wholeNumber(0, 1_000_000)
    .default(0)
    .describe("New connections per second that one source prefix (/24, IPv6 /56) may ask for; 0: no limit."),
  syncDaemons: syncDaemons.describe(
    "Daemons of the kernel's own synchronisation, as `ipvsadm --start-daemon` asks for them; kept, not run yet.",
  ),
});
export type SettingsSpec = z.infer<typeof SettingsSpec>;

/** The settings of a document that names none. */
export const DEFAULT_SETTINGS: SettingsSpec = SettingsSpec.parse({});
