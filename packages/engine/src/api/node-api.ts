/**
 * What the API offers about one node, as a port: the server translates it to gRPC, the composition root implements it. Its
 * values are plain (`values/`); 64-bit counters are numbers (exact to 2^53). Everything may reject with `LbError`.
 */
import type { Document, DocumentSpec } from "@tandem/model";
import type { ApiRole } from "./caller.ts";
import type { CapturedPackets, CaptureFilter } from "./values/captured-packet.ts";
import type { ConnectionFilter, ConnectionStatus, KillRequest } from "./values/connection-status.ts";
import type { Applied, DocumentTerms, DrainRequest } from "./values/document-terms.ts";
import type { ExplanationStatus, PacketQuestion } from "./values/explanation.ts";
import type { EventWatch, NodeEvent } from "./values/node-event.ts";
import type { NodeStatus } from "./values/node-status.ts";
import type { RevisionList } from "./values/revisions.ts";
import type { ServiceStatus } from "./values/service-status.ts";

export type * from "./values/captured-packet.ts";
export type * from "./values/connection-status.ts";
export type * from "./values/document-terms.ts";
export type * from "./values/explanation.ts";
export * from "./values/node-event.ts";
export type * from "./values/node-status.ts";
export type * from "./values/revisions.ts";
export type * from "./values/service-status.ts";

/** One node, as its operators see it. */
export interface NodeApi {
  status(): Promise<NodeStatus>;
  services(): Promise<ServiceStatus[]>;
  connections(filter: ConnectionFilter): AsyncIterable<ConnectionStatus>;
  /** End connections on every node that has them. Fails with unavailable. */
  kill(request: KillRequest): Promise<{ killed: number }>;
  /** Let counters start from 0 again, on this node. Fails with not_found. */
  zero(request: { service?: string; author: string }): Promise<void>;
  /** The document that runs, or an earlier revision. Fails with not_found, unavailable. */
  document(revision?: number): Promise<Document>;
  /** What an operator applied last, as he wrote it; the document may say something else since. Fails as `document`. */
  documentText(revision?: number): Promise<{ revision: number; text?: string }>;
  /** The revisions that are kept, newest first. */
  revisions(limit?: number): Promise<RevisionList>;
  /** Make an earlier revision's document the newest. Fails as `apply`, and with not_found. */
  rollBack(request: DocumentTerms & { revision: number }): Promise<Applied>;
  /** Make a document from a backup the newest, ids included. Fails as `apply`, and with refused if the ids here say something else. */
  restore(document: Document, terms: DocumentTerms & { text?: string }): Promise<Applied>;
  /**
   * Replace the document, or with `dryRun` say only what would come of it. `expectedRevision` makes it a compare-and-set. `warnings` are sentences
   * about the document on this node; `text` is what the operator wrote. Whose `role` is operate may only change weights and drain (absent: admin).
   * Fails with invalid_document, stale_revision, forbidden, unavailable.
   */
  apply(
    spec: DocumentSpec,
    options: DocumentTerms & { dryRun?: boolean; text?: string; role?: ApiRole },
  ): Promise<Applied>;
  /** Quiesce (or undo) a destination in every service that has it, or in the one named. Fails with not_found. */
  drain(request: DrainRequest): Promise<{ revision: number; destinations: string[] }>;
  /** Why a packet goes where it goes. Changes nothing. Fails with unavailable. */
  explain(question: PacketQuestion): Promise<ExplanationStatus>;
  /** Hand the active role to a peer. `dryRun` says what would happen. Fails with refused. */
  switchover(request: {
    dryRun: boolean;
    force: boolean;
    author: string;
  }): Promise<{ steps: string[]; from: string; to: string }>;
  /** Take this node out of service or back into it; survives restarts. */
  setMaintenance(request: { on: boolean; author: string }): Promise<{ changed: boolean }>;
  /** Know a peer that is gone for good no more, until it is heard again. Fails with not_found, refused. */
  forgetPeer(request: { peer: string; author: string }): Promise<void>;
  /** What happens on this node, in order. Fails with invalid_argument for a token that no stream can have given. */
  events(watch: EventWatch, signal: AbortSignal): AsyncIterable<NodeEvent>;
  /** Packets as they come in, with what was decided about each; the first answer is empty: from then on. Fails with invalid_argument, unavailable. */
  capture(filter: CaptureFilter, signal: AbortSignal): AsyncIterable<CapturedPackets>;
  /** Carry out a command line of ipvsadm; its failures are in the answer. */
  ipvsadm(request: IpvsadmRequest): Promise<{ exitCode: number; output: string; errors: string }>;
}

/** A command line of ipvsadm. */
export interface IpvsadmRequest {
  args: readonly string[];
  /** Standard input. */
  input: string;
  author: string;
  /** What its caller may do: view: list; operate: also zero and weigh; admin: everything. */
  role: ApiRole;
}
