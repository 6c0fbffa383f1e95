/**
 * Settings of the whole cluster: what the Linux Virtual Server keeps under /proc/sys/net/ipv4/vs and in `ipvsadm --set`, by names that say it, and what
 * Tandem adds. docs/tandem-and-ipvs.md has the table of names and defaults.
 */
import { z } from "zod";
import { flag, oneOf, seconds, wanted, wholeNumber } from "./field.ts";

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

const timeout = seconds(1, 2_147_483).optional();
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

/** Settings of the whole cluster, all with defaults. */
export const SettingsSpec = z.strictObject({
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
  cacheSeconds: wholeNumber(1, 2_147_483)
    .default(86_400)
    .describe("lblc and lblcr: seconds after which an unused entry is stale."),
  dropEntry: defence("Half-open and idle connections are dropped at random"),
  dropPacket: defence("One in `dropRate` packets that would make a connection is dropped"),
  dropRate: wholeNumber(1, 2_147_483_647).default(10).describe("See `dropPacket`."),
  secureTcp: defence("TCP follows the stricter state table"),
  sourceBudget: wholeNumber(0, 1_000_000)
    .default(0)
    .describe("New connections per second that one source prefix (/24, IPv6 /56) may ask for; 0: no limit."),
});
export type SettingsSpec = z.infer<typeof SettingsSpec>;

/** The settings of a document that names none. */
export const DEFAULT_SETTINGS: SettingsSpec = SettingsSpec.parse({});
