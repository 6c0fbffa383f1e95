/** What a request asks for, checked: handlers see values in range only. Every function throws `LbError` (invalid_argument). */
import { type Document, LbError } from "@tandem/model";
import type { ApplyDocumentRequest__Output as Apply } from "../../proto/generated/tandem/v1/ApplyDocumentRequest.ts";
import type { CapturePacketsRequest__Output as Capture } from "../../proto/generated/tandem/v1/CapturePacketsRequest.ts";
import type { DrainDestinationRequest__Output as Drain } from "../../proto/generated/tandem/v1/DrainDestinationRequest.ts";
import type { ExplainRequest__Output as Explain } from "../../proto/generated/tandem/v1/ExplainRequest.ts";
import type { ForgetPeerRequest__Output as Forget } from "../../proto/generated/tandem/v1/ForgetPeerRequest.ts";
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
import type { Caller } from "./caller.ts";
import { decodeBackup } from "./convert-document.ts";
import type {
  CaptureFilter,
  ConnectionFilter,
  DocumentTerms,
  DrainRequest,
  EventWatch,
  IpvsadmRequest,
  KillRequest,
  PacketQuestion,
} from "./node-api.ts";
import {
  addressOrEndpoint,
  author,
  checker,
  endpoint,
  eventKind,
  fewRevisions,
  finalReason,
  narrowing,
  noBacklog,
  pastRevision,
  positive,
  protocol,
  revision,
  seconds,
  serviceKey,
  shortBacklog,
  shortText,
  stateName,
  withinDay,
} from "./request-rules.ts";

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

/** Which peer is to be forgotten. */
export function readForget(request: Forget, caller: Caller): { peer: string; author: string } {
  return { peer: request.peer, author: readAuthor(checker("forget a peer"), request, caller) };
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
  const { service, client, destination, reasons, limit, durationMs, all } = request;
  return {
    reasons: reasons.map((reason) => check("reason", reason, finalReason)),
    all,
    ...(service !== undefined && { service: check("service", service, serviceKey) }),
    ...(client !== undefined && { client: check("client", client, addressOrEndpoint) }),
    ...(destination !== undefined && { destination: check("destination", destination, addressOrEndpoint) }),
    ...(limit !== undefined && { limit: check("limit", limit, positive) }),
    ...(durationMs !== undefined && { durationMs: check("duration", durationMs, withinDay) }),
  };
}

/** Which command line is to be carried out, for whom. */
export function readIpvsadm(request: RunIpvsadm, caller: Caller): Omit<IpvsadmRequest, "role"> {
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

/** Who changes something: the name that the caller has proven, else the one that he gives himself. */
function readAuthor(check: ReturnType<typeof checker>, request: { author: string }, caller: Caller): string {
  return caller.name ?? check("author", request.author, author);
}
