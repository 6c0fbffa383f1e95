/** The values that options of ipvsadm take, read from text. Undefined: the text is none. */
import { canonicalAddress, formatAddress, parseAddress } from "@tandem/model";
import type { SchedulerFlag, SyncDaemon, TransportName } from "./command.ts";
import { inetAton } from "./inet-aton.ts";
import type { NameBook } from "./name-book.ts";

/** Longest timeout in seconds: 31 days. */
const MAX_TIMEOUT = 86_400 * 31;
const MAX_INT = 2_147_483_647;

/** A whole number in decimal digits, perhaps with a sign and zeros in front, from `min` to `max`. */
export function readNumber(text: string, min: number, max: number): number | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const number = Number(text) + 0; // of -0, 0
  return number >= min && number <= max ? number : undefined;
}

/** Seconds from `min` (0 where it means "keep") to 31 days. */
export const readTimeout = (text: string, min: 0 | 1): number | undefined =>
  readNumber(text, min, MAX_TIMEOUT);

/** Weights and thresholds. */
export const readCount = (text: string): number | undefined => readNumber(text, 0, MAX_INT);

/** Firewall mark, not 0. */
export const readMark = (text: string): number | undefined => readNumber(text, 1, 0xffff_ffff);

/** UDP or TCP port, not 0. */
export const readPort = (text: string): number | undefined => readNumber(text, 1, 65_535);

/** What a name of an end says; undefined: no port. */
export interface Endpoint {
  readonly address: string;
  readonly port: number | undefined;
}

/**
 * `address[:port]`, IPv6 with a port as `[address]:port`. Unbracketed IPv6 is an address as a whole. Hosts (of IPv4) and ports may be
 * named; of a firewall mark, which has no protocol, hosts alone.
 */
export function readEndpoint(
  text: string,
  protocol: TransportName | undefined,
  names: NameBook,
): Endpoint | undefined {
  if (/^\d+$/.test(text)) return undefined; // would be a port alone
  const bracketed = /^\[([^\]]+)\]:([^:]+)$/.exec(text);
  if (bracketed && !bracketed[1]!.includes(":")) return readBracketedHost(bracketed[1]!, names);
  const isIpv6 = bracketed !== null || text.indexOf(":") !== text.lastIndexOf(":");
  const [host, portText] = bracketed ? [bracketed[1]!, bracketed[2]!] : isIpv6 ? [text] : text.split(":");
  const address = isIpv6 ? readIpv6(host!) : readHost(host!, names);
  if (address === undefined) return undefined;
  if (portText === undefined) return { address, port: undefined };
  const port = readNumber(portText, 0, 65_535) ?? readPortName(portText, protocol, names);
  return port === undefined ? undefined : { address, port };
}

/** Brackets are of IPv6: the tool takes another host in them, and loses the port. */
function readBracketedHost(text: string, names: NameBook): Endpoint | undefined {
  const address = readHost(text, names);
  return address === undefined ? undefined : { address, port: undefined };
}

const readIpv6 = (text: string): string | undefined =>
  text.includes(":") ? canonicalAddress(text) : undefined;

/** What has no letter is no name: it would only be looked for everywhere. */
const NAME = /^(?=.*[a-z])[a-z0-9._-]{1,253}$/i;

const readHost = (text: string, names: NameBook): string | undefined =>
  readIpv4(text) ?? (NAME.test(text) ? names.host(text) : undefined);

function readIpv4(text: string): string | undefined {
  const number = inetAton(text);
  return number === undefined ? undefined : formatAddress(bytesOf(number));
}

const bytesOf = (number: number): Uint8Array =>
  Uint8Array.from([24, 16, 8, 0], (shift) => (number >>> shift) & 0xff);

const readPortName = (
  text: string,
  protocol: TransportName | undefined,
  names: NameBook,
): number | undefined => (protocol && NAME.test(text) ? names.port(text, protocol) : undefined);

/** An IPv4 mask of `-M`, in a number: any bits, in whatever way addresses are written. */
export const readMask = (text: string): number | undefined => inetAton(text);

/** Prefix length of `-M` for IPv6; what stands behind its digits is passed over. */
export function readPrefix(text: string): number | undefined {
  const bits = Number.parseInt(text, 10);
  return bits >= 1 && bits <= 128 ? bits : undefined;
}

/** What a sync daemon is. */
export const readMode = (text: string): SyncDaemon["mode"] | undefined =>
  text === "master" || text === "backup" ? text : undefined;

/** A multicast group, IPv4 or IPv6, in canonical text. */
export function readGroup(text: string): string | undefined {
  const bytes = parseAddress(text);
  const isGroup = bytes && (bytes.length === 4 ? bytes[0]! >>> 4 === 14 : bytes[0] === 0xff);
  return isGroup ? canonicalAddress(text) : undefined;
}

const FLAG_NAMES: Readonly<Record<string, SchedulerFlag>> = {
  "flag-1": "fallback",
  "flag-2": "port",
  "flag-3": "third",
  "sh-fallback": "fallback",
  "sh-port": "port",
  "mh-fallback": "fallback",
  "mh-port": "port",
};

/** Scheduler flags, separated by commas; those with the name of a scheduler belong to that one. @returns the flags, or what is wrong with the first that is none */
export function readFlags(text: string, scheduler: string): SchedulerFlag[] | string {
  const names = text.split(",").filter((name) => name !== "");
  for (const name of names) {
    if (FLAG_NAMES[name] === undefined) return `invalid scheduler flag \`${name}'`;
    if (!name.startsWith("flag-") && !name.startsWith(`${scheduler}-`))
      return `incompatible scheduler flag \`${name}'`;
  }
  return [...new Set(names.map((name) => FLAG_NAMES[name]!))];
}
