/**
 * What the API offers about one node, as a port: the server translates it to gRPC, the composition root implements it. Plain
 * values; 64-bit counters are numbers (exact to 2^53). Everything may reject with `LbError`.
 */
import type { Document, DocumentSpec, PersistenceSpec, TunnelSpec } from "@tandem/model";

/** What the node is in its cluster. */
export type Role = "active" | "standby" | "fault" | "standalone";
/** How this node follows the others: `live` with every peer, else the worst of them; `off` without a cluster. */
export type SyncState = "off" | "alone" | "joining" | "loading" | "live" | "repairing";

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
   * about the document on this node; `text` is what the operator wrote. Fails with invalid_document, stale_revision, unavailable.
   */
  apply(spec: DocumentSpec, options: DocumentTerms & { dryRun?: boolean; text?: string }): Promise<Applied>;
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
  /** What happens on this node, in order. Fails with invalid_argument for a token that no stream can have given. */
  events(watch: EventWatch, signal: AbortSignal): AsyncIterable<NodeEvent>;
  /** Packets as they come in, with what was decided about each; the first answer is empty: from then on. Fails with invalid_argument, unavailable. */
  capture(filter: CaptureFilter, signal: AbortSignal): AsyncIterable<CapturedPackets>;
  /** Carry out a command line of ipvsadm; its failures are in the answer. */
  ipvsadm(request: IpvsadmRequest): Promise<{ exitCode: number; output: string; errors: string }>;
}

/** Who changes the document, and on what terms. */
export interface DocumentTerms {
  /** Only if the document is at this revision. */
  expectedRevision?: number;
  author: string;
  /** Why, for the history. */
  reason?: string;
}

/** What became of a change of the document. */
export interface Applied {
  revision: number;
  changed: boolean;
  warnings: string[];
}

/** How the node is: enough to answer "are we safe?". */
export interface NodeStatus {
  node: string;
  version: string;
  role: Role;
  /** Why the role is what it is, and since when (ms since the epoch; for people). */
  roleCause: string;
  roleSinceMs: number;
  revision: number;
  sync: SyncState;
  connections: number;
  capacity: number;
  /** True when every interface has its program and the forwarder answers. */
  forwarding: boolean;
  /** Replication lag seen from the peers' streams, milliseconds; absent without samples. */
  lagMs?: { p50: number; p99: number };
  peers: PeerStatus[];
  nats: "off" | "connected" | "disconnected";
  maintenance: boolean;
  virtualAddresses: string[];
  /** What an operator should act on, one sentence each; empty: all is well. */
  alarms: string[];
  /** Packets by reason, since the instance was created. */
  packets: Record<string, number>;
}

/** Another node, as this one sees it. */
export interface PeerStatus {
  node: string;
  state: SyncState | "lost";
  role: Role;
  revision: number;
  connections: number;
  /** Connections of this peer that we hold. */
  held: number;
  lagMs?: number;
  lastSeenMsAgo: number;
  /** Changes of this node's own connections that the peer has not confirmed yet; absent while it does not follow this node. */
  unconfirmed?: number;
  /** When what is held here was last compared with its digest; absent: never. */
  comparedMsAgo?: number;
  /** Parts of the table that differed then. */
  differing: number;
  maintenance: boolean;
}

/** Totals, or what comes per second; bytes include IP headers. */
export interface Traffic {
  connections: number;
  inPackets: number;
  inBytes: number;
  outPackets: number;
  outBytes: number;
}

/** A virtual service that runs. */
export interface ServiceStatus {
  id: number;
  protocol: string;
  address: string;
  port: number;
  /** Firewall mark, instead of the three above. */
  mark?: number;
  scheduler: string;
  schedulerFlags: string[];
  persistence?: PersistenceSpec;
  onePacket: boolean;
  helper?: string;
  /** Since it was created; also by destinations that are gone. */
  traffic: Traffic;
  /** Per second: every 2 s the average moves a quarter of the way to what these 2 s had. */
  rates: Traffic;
  destinations: DestinationStatus[];
}

/** A destination that runs. */
export interface DestinationStatus {
  id: number;
  address: string;
  port: number;
  method: string;
  /** Where the method is a tunnel. */
  tunnel?: TunnelSpec;
  /** What the operator wrote, and what health, draining and slow start made of it. */
  configuredWeight: number;
  effectiveWeight: number;
  /** Why the effective weight is what it is. */
  why: string;
  health: "up" | "down" | "unchecked";
  activeConnections: number;
  inactiveConnections: number;
  /** Persistence templates that lead here. */
  persistentConnections: number;
  upperThreshold: number;
  lowerThreshold: number;
  /** Over the upper threshold: gets no new connections. */
  overloaded: boolean;
  /** Down or removed, and its connections' packets are dropped until it returns. */
  held: boolean;
  /** No longer in the document, but with connections; it has no weights and no thresholds. */
  removed: boolean;
  traffic: Traffic;
  /** As the service's. */
  rates: Traffic;
}

/** Which connections to list; nothing given: all. */
export interface ConnectionFilter {
  /** Only this service (`tcp 192.0.2.1:80`, `mark 7 ipv4`), client or destination (address, or address:port), where given. */
  service?: string;
  client?: string;
  destination?: string;
  limit?: number;
  /** Only in one of these states; empty: in any. */
  states?: readonly string[];
  /** Only without a packet for at least so long. */
  minIdleSeconds?: number;
  /** Only with a packet within so long. */
  maxIdleSeconds?: number;
  /** Only owned by this node. */
  owner?: string;
}

/** Which connections to end, and how. */
export interface KillRequest {
  /** At least one of service, client and destination is given. */
  filter: ConnectionFilter;
  /** Tell both ends. */
  reset: boolean;
  dryRun: boolean;
  author: string;
}

/** Revisions, newest first. */
export interface RevisionList {
  revisions: RevisionStatus[];
  /** Why there may be more; empty: these are all that are kept. */
  incomplete: string;
}

/** A revision of the document that can be gone back to. */
export interface RevisionStatus {
  revision: number;
  author: string;
  /** Milliseconds since 1970, by its author's node; for people. */
  timeMs: number;
  /** Why it was made, in its author's words, and what it changed; may be empty. */
  reason: string;
  summary: string;
  /** SHA-256 of the document, hexadecimal. */
  hash: string;
  /** This node runs it. */
  running: boolean;
}

/** Which events, and from where on. */
export interface EventWatch {
  /** Token of the last event that was seen; absent: from now on. */
  resumeToken?: string;
  /** Begin with so many of the latest. */
  backlog: number;
  /** Only of these kinds; empty: all. */
  kinds: readonly string[];
  /** Wait for more. */
  follow: boolean;
}

/** Kinds of events, which docs/events.md describes; `gap`: events before it are lost. */
export const EVENT_KINDS = [
  "node",
  "document",
  "role",
  "health",
  "peer",
  "nats",
  "alarm",
  "maintenance",
  "operator",
  "gap",
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** Something that happened on a node. */
export interface NodeEvent {
  /** Place in the node's stream. */
  token: string;
  /** Milliseconds since 1970. */
  timeMs: number;
  node: string;
  kind: EventKind;
  severity: "info" | "warning" | "error";
  /** What it is about; may be empty. */
  subject: string;
  /** One sentence for people. */
  text: string;
  /** The same for machines. */
  details: Record<string, string>;
}

/** Which packets to show. */
export interface CaptureFilter {
  service?: string;
  /** Address, or address:port. */
  client?: string;
  /** Only with one of these reasons; empty: with any. */
  reasons: readonly string[];
  /** Also packets that have nothing to do with any service, whatever their reason. */
  all: boolean;
  limit?: number;
  durationMs?: number;
}

/** Some packets, in order. */
export interface CapturedPackets {
  packets: CapturedPacket[];
  /** Packets that are missing before these: they came faster than they were taken. */
  lost: number;
}

/** A packet that came in, and what was decided about it. */
export interface CapturedPacket {
  /** Milliseconds since 1970, with fractions. */
  timeMs: number;
  interface: string;
  /** `upcall`: the core holds it until more of it comes. */
  verdict: string;
  reason: string;
  /** Bytes from the IP header on. */
  length: number;
  /** The first of them, as they came in. */
  data: Uint8Array;
  /** Who decided: `fast` or `core`. */
  path: string;
  /** `to_destination` or `to_client`, where that is known. */
  direction?: string;
  service?: string;
  destination?: string;
}

/** A command line of ipvsadm. */
export interface IpvsadmRequest {
  args: readonly string[];
  /** Standard input. */
  input: string;
  author: string;
  /** Whether its caller may do more than look. */
  mayChange: boolean;
}

/** One connection; endpoints are `address:port`. */
export interface ConnectionStatus {
  protocol: string;
  state: string;
  client: string;
  virtual: string;
  destination: string;
  method: string;
  /** Full NAT: what the connection to the destination comes from. */
  local?: string;
  /** Seconds until it expires if no packet comes. */
  expiresInSeconds: number;
  /** Seconds since its last packet; of a template since its last connection began. */
  idleSeconds: number;
  /** This node, or the peer that owns it. */
  owner: string;
  /** A persistence template: no connection, but what sends its client's next one to the same destination. */
  template: boolean;
  /** Firewall mark of its service; 0 none. */
  mark: number;
  /** Its client's packets are dropped: the destination is gone and may return. */
  held: boolean;
  /** Of a template of the persistence engine sip: the Call-ID that its client is known by. */
  callId?: string;
  /** The template or control connection that it hangs on: `client -> virtual`. */
  controller?: string;
  inPackets: number;
  inBytes: number;
  outPackets: number;
  outBytes: number;
}

/** What to quiesce, or to bring back. */
export interface DrainRequest {
  /** Address, or address:port. */
  destination: string;
  service?: string;
  undo: boolean;
  author: string;
}

/** A packet that there is, or might be. */
export interface PacketQuestion {
  protocol: string;
  /** Address, or address:port. */
  client: string;
  /** address:port. */
  virtual: string;
  /** Firewall mark that it carries; 0: what the document's rules give it. */
  mark: number;
  /** Interface that it comes in by, for the document's rules. */
  interface?: string;
}

/** Why a packet goes where it goes. */
export interface ExplanationStatus {
  /** Absent: it is for no service. */
  service?: { key: string; why: string };
  /** The connection that it belongs to; absent: it would be the first. */
  connection?: ConnectionStatus;
  /** The template that its client has. */
  template?: ConnectionStatus;
  /** What the scheduler has to choose from; absent: it is not asked. */
  scheduler?: { name: string; candidates: CandidateStatus[]; pick?: string };
  /** What is changed in it, in order: one sentence each. */
  rewriting: string[];
  verdict: { name: string; reason: string; says: string };
  /** How its connection ends; empty: there is none. */
  ends: string;
  /** Name of the node that decides. */
  node: string;
}

/** A destination as its scheduler sees it. */
export interface CandidateStatus {
  destination: string;
  weight: number;
  active: number;
  inactive: number;
  overloaded: boolean;
  /** May be picked. */
  usable: boolean;
}
