/** What a request asks for, checked: handlers see values in range only. Every function throws `LbError` (invalid_argument). */
import { canonicalAddress, formatEndpoint, LbError } from "@tandem/model";
import type { ApplyDocumentRequest__Output as Apply } from "../../proto/generated/tandem/v1/ApplyDocumentRequest.ts";
import type { DrainDestinationRequest__Output as Drain } from "../../proto/generated/tandem/v1/DrainDestinationRequest.ts";
import type { ExplainRequest__Output as Explain } from "../../proto/generated/tandem/v1/ExplainRequest.ts";
import type { ListConnectionsRequest__Output as List } from "../../proto/generated/tandem/v1/ListConnectionsRequest.ts";
import type { ConnectionFilter, DrainRequest, PacketQuestion } from "./node-api.ts";

const MAX_AUTHOR_CHARACTERS = 256;

/** Which connections a request asks for. */
export function readFilter(list: List): ConnectionFilter {
  const check = checker("list connections");
  return {
    ...(list.service !== undefined && { service: check("service", list.service, service) }),
    ...(list.client !== undefined && { client: check("client", list.client, addressOrEndpoint) }),
    ...(list.destination !== undefined && {
      destination: check("destination", list.destination, addressOrEndpoint),
    }),
    ...(list.limit !== undefined && { limit: check("limit", list.limit, positive) }),
  };
}

/** On what terms a document is to be replaced. */
export function readApplyTerms(request: Pick<Apply, "author" | "expectedRevision">): {
  expectedRevision?: number;
  author: string;
} {
  const check = checker("change the document");
  const terms = { author: check("author", request.author, author) };
  if (request.expectedRevision === undefined) return terms;
  return { ...terms, expectedRevision: check("expected revision", request.expectedRevision, revision) };
}

/** What is to be drained. */
export function readDrain(request: Drain): DrainRequest {
  const check = checker("drain");
  return {
    destination: check("destination", request.destination, addressOrEndpoint),
    ...(request.service !== undefined && { service: check("service", request.service, service) }),
    undo: request.undo,
    author: check("author", request.author, author),
  };
}

/** Which packet is to be explained. */
export function readQuestion(request: Explain): PacketQuestion {
  const check = checker("explain");
  return {
    protocol: check("protocol", request.protocol, protocol),
    client: check("client", request.client, addressOrEndpoint),
    virtual: check("virtual", request.virtual, endpoint),
    mark: request.mark,
    ...(request.interface !== undefined && { interface: request.interface }),
  };
}

/** What a field must be: its value in canonical form, or undefined if it is not. */
interface Rule<T> {
  readonly want: string;
  read(value: T): T | undefined;
}

const addressOrEndpoint: Rule<string> = {
  want: "address or address:port, IPv6 in brackets before a port",
  read: (text) => canonicalAddress(text) ?? canonicalEndpoint(text),
};
const endpoint: Rule<string> = {
  want: "address:port, IPv6 in brackets, the port not 0",
  read: (text) => (/:0+$/.test(text) ? undefined : canonicalEndpoint(text)),
};
const service: Rule<string> = {
  want: 'a service such as "tcp 192.0.2.1:80" or "mark 7 ipv4"',
  read: (text) => canonicalMark(text) ?? canonicalService(text),
};
const protocol: Rule<string> = {
  want: '"tcp", "udp" or "sctp"',
  read: (text) => (["tcp", "udp", "sctp"].includes(text) ? text : undefined),
};
const author: Rule<string> = {
  want: `1 to ${MAX_AUTHOR_CHARACTERS} characters`,
  read: (text) => (text.length >= 1 && text.length <= MAX_AUTHOR_CHARACTERS ? text : undefined),
};
const positive: Rule<number> = { want: "1 or more", read: (n) => (n >= 1 ? n : undefined) };
const revision: Rule<number> = { want: "0 to 2^53", read: (n) => (Number.isSafeInteger(n) ? n : undefined) };

function checker(doing: string) {
  return <T>(field: string, value: T, rule: Rule<T>): T => {
    const read = rule.read(value);
    if (read !== undefined) return read;
    const got = JSON.stringify(value);
    throw new LbError({ code: "invalid_argument", doing, field, got, want: rule.want });
  };
}

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
