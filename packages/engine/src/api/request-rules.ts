/** What a field of a request may be. Pure. */
import { canonicalAddress, formatEndpoint, LbError } from "@tandem/model";
import { FINAL_REASONS } from "../core/verdict.ts";
import { type ConnectionFilter, EVENT_KINDS } from "./node-api.ts";
import { STATE_NAMES } from "./state-names.ts";

const MAX_AUTHOR_CHARACTERS = 256;
const MAX_BACKLOG = 10_000;
const MAX_REVISIONS = 1000;
/** A day. */
const MAX_CAPTURE_MS = 86_400_000;

/** What a field must be: its value in canonical form, or undefined if it is not. */
export interface Rule<T> {
  readonly want: string;
  read(value: T): T | undefined;
}

/** What a request's fields are checked with: gives a value in canonical form, or throws `LbError` (invalid_argument) that names `doing` and the field. */
export function checker(doing: string) {
  return <T>(field: string, value: T, rule: Rule<T>): T => {
    const read = rule.read(value);
    if (read !== undefined) return read;
    const got = JSON.stringify(value);
    throw new LbError({ code: "invalid_argument", doing, field, got, want: rule.want });
  };
}

export const addressOrEndpoint: Rule<string> = {
  want: "address or address:port, IPv6 in brackets before a port",
  read: (text) => canonicalAddress(text) ?? canonicalEndpoint(text),
};
export const endpoint: Rule<string> = {
  want: "address:port, IPv6 in brackets, the port not 0",
  read: (text) => (/:0+$/.test(text) ? undefined : canonicalEndpoint(text)),
};
export const serviceKey: Rule<string> = {
  want: 'a service such as "tcp 192.0.2.1:80" or "mark 7 ipv4"',
  read: (text) => canonicalMark(text) ?? canonicalService(text),
};
export const protocol: Rule<string> = {
  want: '"tcp", "udp" or "sctp"',
  read: (text) => (["tcp", "udp", "sctp"].includes(text) ? text : undefined),
};
/** Histories are shown on terminals. */
const hasControls = (text: string): boolean => /[\p{Cc}\u2028\u2029]/u.test(text);
export const shortText: Rule<string> = {
  want: `at most ${MAX_AUTHOR_CHARACTERS} characters that can be printed`,
  read: (text) => (text.length <= MAX_AUTHOR_CHARACTERS && !hasControls(text) ? text : undefined),
};
export const author: Rule<string> = {
  want: `1 to ${MAX_AUTHOR_CHARACTERS} characters that can be printed`,
  read: (text) =>
    text.length >= 1 && text.length <= MAX_AUTHOR_CHARACTERS && !hasControls(text) ? text : undefined,
};
export const positive: Rule<number> = { want: "1 or more", read: (n) => (n >= 1 ? n : undefined) };
export const narrowing: Rule<ConnectionFilter> = {
  want: "at least one of service, client and destination",
  read: (f) => ((f.service ?? f.client ?? f.destination) === undefined ? undefined : f),
};
export const stateName: Rule<string> = {
  want: `one of ${[...STATE_NAMES].join(", ")}`,
  read: (text) => (STATE_NAMES.has(text) ? text : undefined),
};
export const seconds: Rule<number> = { want: "seconds, 0 or more", read: (n) => (n >= 0 ? n : undefined) };
export const shortBacklog: Rule<number> = {
  want: `0 to ${MAX_BACKLOG}`,
  read: (n) => (n <= MAX_BACKLOG ? n : undefined),
};
export const noBacklog: Rule<number> = {
  want: "0 with a resume token",
  read: (n) => (n === 0 ? n : undefined),
};
export const eventKind: Rule<string> = {
  want: `one of ${EVENT_KINDS.join(", ")}`,
  read: (text) => EVENT_KINDS.find((kind) => kind === text),
};
export const finalReason: Rule<string> = {
  want: `one of ${FINAL_REASONS.join(", ")}`,
  read: (text) => FINAL_REASONS.find((reason) => reason === text),
};
export const withinDay: Rule<number> = {
  want: `1 to ${MAX_CAPTURE_MS} ms`,
  read: (n) => (n >= 1 && n <= MAX_CAPTURE_MS ? n : undefined),
};
export const pastRevision: Rule<number> = {
  want: "1 to 2^53",
  read: (n) => (Number.isSafeInteger(n) && n >= 1 ? n : undefined),
};
export const fewRevisions: Rule<number> = {
  want: `1 to ${MAX_REVISIONS}`,
  read: (n) => (n >= 1 && n <= MAX_REVISIONS ? n : undefined),
};
export const revision: Rule<number> = {
  want: "0 to 2^53",
  read: (n) => (Number.isSafeInteger(n) ? n : undefined),
};

/** `tcp 192.0.2.1:80`, also written with a slash: `tcp/192.0.2.1:80`. */
function canonicalService(text: string): string | undefined {
  const [, protocol, endpoint] = /^(tcp|udp|sctp)[ /](.+)$/.exec(text) ?? [];
  const at = endpoint && canonicalEndpoint(endpoint);
  return at && `${protocol} ${at}`;
}

/** `mark 7 ipv4`, also written with slashes, and without the family for IPv4. */
function canonicalMark(text: string): string | undefined {
  const [, mark, family = "4"] = /^mark[ /](\d{1,10})(?:[ /]ipv([46]))?$/.exec(text) ?? [];
  const isMark = Number(mark) >= 1 && Number(mark) <= 0xffff_ffff;
  return isMark ? `mark ${Number(mark)} ipv${family}` : undefined;
}

function canonicalEndpoint(text: string): string | undefined {
  const [, v6, v4, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = canonicalAddress(v6 ?? v4 ?? "");
  const port = Number(digits);
  return host !== undefined && port <= 65_535 ? formatEndpoint(host, port) : undefined;
}
