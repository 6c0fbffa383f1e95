/** What a request asks for, checked: handlers see values in range only. Every function throws `LbError` (invalid_argument). */
import { canonicalAddress, type Document, formatEndpoint, LbError } from "@tandem/model";
import type { ApplyDocumentRequest__Output as Apply } from "../../proto/generated/tandem/v1/ApplyDocumentRequest.ts";
import type { CapturePacketsRequest__Output as Capture } from "../../proto/generated/tandem/v1/CapturePacketsRequest.ts";
import type { DrainDestinationRequest__Output as Drain } from "../../proto/generated/tandem/v1/DrainDestinationRequest.ts";
import type { ExplainRequest__Output as Explain } from "../../proto/generated/tandem/v1/ExplainRequest.ts";
import type { GetDocumentRequest__Output as Get } from "../../proto/generated/tandem/v1/GetDocumentRequest.ts";
import type { KillConnectionsRequest__Output as Kill } from "../../proto/generated/tandem/v1/KillConnectionsRequest.ts";
import type { ListConnectionsRequest__Output as List } from "../../proto/generated/tandem/v1/ListConnectionsRequest.ts";
import type { ListRevisionsRequest__Output as Revisions } from "../../proto/generated/tandem/v1/ListRevisionsRequest.ts";
import type { RestoreDocumentRequest__Output as Restore } from "../../proto/generated/tandem/v1/RestoreDocumentRequest.ts";
import type { RollBackRequest__Output as RollBack } from "../../proto/generated/tandem/v1/RollBackRequest.ts";
import type { RunIpvsadmRequest__Output as RunIpvsadm } from "../../proto/generated/tandem/v1/RunIpvsadmRequest.ts";
import type { SetMaintenanceRequest__Output as Maintenance } from "../../proto/generated/tandem/v1/SetMaintenanceRequest.ts";
import type { SwitchOverRequest__Output as SwitchOver } from "../../proto/generated/tandem/v1/SwitchOverRequest.ts";
import type { WatchEventsRequest__Output as Watch } from "../../proto/generated/tandem/v1/WatchEventsRequest.ts";
import type { ZeroCountersRequest__Output as Zero } from "../../proto/generated/tandem/v1/ZeroCountersRequest.ts";
import { FINAL_REASONS } from "../core/verdict.ts";
import { PROTOCOLS } from "../protocols/transitions.ts";
import type { Caller } from "./caller.ts";
import { decodeBackup } from "./convert-document.ts";
import {
  type CaptureFilter,
  type ConnectionFilter,
  type DocumentTerms,
  type DrainRequest,
  EVENT_KINDS,
  type EventWatch,
  type IpvsadmRequest,
  type KillRequest,
  type PacketQuestion,
} from "./node-api.ts";

const MAX_AUTHOR_CHARACTERS = 256;
const MAX_BACKLOG = 10_000;
const MAX_REVISIONS = 1000;
/** A day. */
const MAX_CAPTURE_MS = 86_400_000;

/** Which connections a request asks for. */
export function readFilter(list: List, doing = "list connections"): ConnectionFilter {
  const check = checker(doing);
  const { service, client, destination, limit, states = [], minIdleSeconds, maxIdleSeconds, owner } = list;
  return {
    ...(service !== undefined && { service: check("service", service, serviceKey) }),
    ...(client !== undefined && { client: check("client", client, addressOrEndpoint) }),
    ...(destination !== undefined && { destination: check("destination", destination, addressOrEndpoint) }),
    ...(limit !== undefined && { limit: check("limit", limit, positive) }),
    ...(states.length > 0 && { states: states.map((state) => check("state", state, stateName)) }),
    ...(minIdleSeconds !== undefined && {
      minIdleSeconds: check("least idle time", minIdleSeconds, seconds),
    }),
    ...(maxIdleSeconds !== undefined && { maxIdleSeconds: check("most idle time", maxIdleSeconds, seconds) }),
    ...(owner !== undefined && { owner }),
  };
}

/** Which connections are to be ended. A request without any is refused: it would end them all. */
export function readKill(request: Kill, caller: Caller): KillRequest {
  const check = checker("kill connections");
  const filter = readFilter(request.filter ?? { states: [] }, "kill connections");
  check("filter", filter, narrowing);
  const { reset, dryRun } = request;
  return { filter, reset, dryRun, author: readAuthor(check, request, caller) };
}

/** Whose counters are to start anew. */
export function readZero(request: Zero, caller: Caller): { service?: string; author: string } {
  const check = checker("zero counters");
  const by = { author: readAuthor(check, request, caller) };
  return request.service === undefined
    ? by
    : { ...by, service: check("service", request.service, serviceKey) };
}

/** Which revision is asked for. */
export function readRevision(request: Get): number | undefined {
  if (request.revision === undefined) return undefined;
  return checker("read the document")("revision", request.revision, pastRevision);
}

/** How many revisions are asked for. */
export function readLimit(request: Revisions): number | undefined {
  if (request.limit === undefined) return undefined;
  return checker("list revisions")("limit", request.limit, fewRevisions);
}

/** On what terms a document is to be replaced. */
export function readApplyTerms(
  request: Pick<Apply, "author" | "expectedRevision" | "text"> & { reason?: string },
  caller: Caller,
): DocumentTerms & { text?: string } {
  const check = checker("change the document");
  const { expectedRevision, reason = "", text } = request;
  return {
    author: readAuthor(check, request, caller),
    ...(expectedRevision !== undefined && {
      expectedRevision: check("expected revision", expectedRevision, revision),
    }),
    ...(reason !== "" && { reason: check("reason", reason, shortText) }),
    ...(text !== undefined && { text }),
  };
}

/** Which document is to be restored. Throws `LbError` (invalid_document), too. */
export function readBackup({ document }: Restore): Document {
  const want = "a document";
  if (!document)
    throw new LbError({
      code: "invalid_argument",
      doing: "restore",
      field: "document",
      got: "missing",
      want,
    });
  return decodeBackup(document);
}

/** Which revision is to be gone back to, and on what terms. */
export function readRollBack(request: RollBack, caller: Caller) {
  const back = checker("roll back")("revision", request.revision, pastRevision);
  return { revision: back, ...readApplyTerms(request, caller) };
}

/** What is to be drained. */
export function readDrain(request: Drain, caller: Caller): DrainRequest {
  const check = checker("drain");
  return {
    destination: check("destination", request.destination, addressOrEndpoint),
    ...(request.service !== undefined && { service: check("service", request.service, serviceKey) }),
    undo: request.undo,
    author: readAuthor(check, request, caller),
  };
}

/** On what terms the active role is to be handed over. */
export function readSwitchover(
  request: SwitchOver,
  caller: Caller,
): { dryRun: boolean; force: boolean; author: string } {
  const { dryRun, force } = request;
  return { dryRun, force, author: readAuthor(checker("switch over"), request, caller) };
}

/** Whether this node is to be taken out of service. */
export function readMaintenance(request: Maintenance, caller: Caller): { on: boolean; author: string } {
  return { on: request.on, author: readAuthor(checker("set maintenance"), request, caller) };
}

/** Which events are asked for. */
export function readWatch(request: Watch): EventWatch {
  const check = checker("watch events");
  const { resumeToken, backlog, kinds, noFollow } = request;
  return {
    backlog: check("backlog", backlog, resumeToken === undefined ? shortBacklog : noBacklog),
    kinds: kinds.map((kind) => check("kind", kind, eventKind)),
    follow: !noFollow,
    ...(resumeToken !== undefined && { resumeToken }),
  };
}

/** Which packets are to be shown. */
export function readCapture(request: Capture): CaptureFilter {
  const check = checker("capture packets");
  const { service, client, reasons, limit, durationMs, all } = request;
  return {
    reasons: reasons.map((reason) => check("reason", reason, finalReason)),
    all,
    ...(service !== undefined && { service: check("service", service, serviceKey) }),
    ...(client !== undefined && { client: check("client", client, addressOrEndpoint) }),
    ...(limit !== undefined && { limit: check("limit", limit, positive) }),
    ...(durationMs !== undefined && { durationMs: check("duration", durationMs, withinDay) }),
  };
}

/** Which command line is to be carried out, for whom. */
export function readIpvsadm(request: RunIpvsadm, caller: Caller): Omit<IpvsadmRequest, "mayChange"> {
  const { args, input } = request;
  return { args, input, author: readAuthor(checker("run ipvsadm"), request, caller) };
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
const serviceKey: Rule<string> = {
  want: 'a service such as "tcp 192.0.2.1:80" or "mark 7 ipv4"',
  read: (text) => canonicalMark(text) ?? canonicalService(text),
};
const protocol: Rule<string> = {
  want: '"tcp", "udp" or "sctp"',
  read: (text) => (["tcp", "udp", "sctp"].includes(text) ? text : undefined),
};
/** Histories are shown on terminals. */
const hasControls = (text: string): boolean => /[\p{Cc}\u2028\u2029]/u.test(text);
const shortText: Rule<string> = {
  want: `at most ${MAX_AUTHOR_CHARACTERS} characters that can be printed`,
  read: (text) => (text.length <= MAX_AUTHOR_CHARACTERS && !hasControls(text) ? text : undefined),
};
const author: Rule<string> = {
  want: `1 to ${MAX_AUTHOR_CHARACTERS} characters that can be printed`,
  read: (text) =>
    text.length >= 1 && text.length <= MAX_AUTHOR_CHARACTERS && !hasControls(text) ? text : undefined,
};
const positive: Rule<number> = { want: "1 or more", read: (n) => (n >= 1 ? n : undefined) };
const narrowing: Rule<ConnectionFilter> = {
  want: "at least one of service, client and destination",
  read: (f) => ((f.service ?? f.client ?? f.destination) === undefined ? undefined : f),
};
/** Of connections of any protocol, and of templates. */
const STATE_NAMES = new Set([
  ...Object.values(PROTOCOLS).flatMap((protocol) => protocol?.stateNames ?? []),
  "NONE",
  "ASSURED",
]);
const stateName: Rule<string> = {
  want: `one of ${[...STATE_NAMES].join(", ")}`,
  read: (text) => (STATE_NAMES.has(text) ? text : undefined),
};
const seconds: Rule<number> = { want: "seconds, 0 or more", read: (n) => (n >= 0 ? n : undefined) };
const shortBacklog: Rule<number> = {
  want: `0 to ${MAX_BACKLOG}`,
  read: (n) => (n <= MAX_BACKLOG ? n : undefined),
};
const noBacklog: Rule<number> = { want: "0 with a resume token", read: (n) => (n === 0 ? n : undefined) };
const eventKind: Rule<string> = {
  want: `one of ${EVENT_KINDS.join(", ")}`,
  read: (text) => EVENT_KINDS.find((kind) => kind === text),
};
const finalReason: Rule<string> = {
  want: `one of ${FINAL_REASONS.join(", ")}`,
  read: (text) => FINAL_REASONS.find((reason) => reason === text),
};
const withinDay: Rule<number> = {
  want: `1 to ${MAX_CAPTURE_MS} ms`,
  read: (n) => (n >= 1 && n <= MAX_CAPTURE_MS ? n : undefined),
};
const pastRevision: Rule<number> = {
  want: "1 to 2^53",
  read: (n) => (Number.isSafeInteger(n) && n >= 1 ? n : undefined),
};
const fewRevisions: Rule<number> = {
  want: `1 to ${MAX_REVISIONS}`,
  read: (n) => (n >= 1 && n <= MAX_REVISIONS ? n : undefined),
};
const revision: Rule<number> = { want: "0 to 2^53", read: (n) => (Number.isSafeInteger(n) ? n : undefined) };

function checker(doing: string) {
  return <T>(field: string, value: T, rule: Rule<T>): T => {
    const read = rule.read(value);
    if (read !== undefined) return read;
    const got = JSON.stringify(value);
    throw new LbError({ code: "invalid_argument", doing, field, got, want: rule.want });
  };
}

/** Who changes something: the name that the caller has proven, else the one that he gives himself. */
function readAuthor(check: ReturnType<typeof checker>, request: { author: string }, caller: Caller): string {
  return caller.name ?? check("author", request.author, author);
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
