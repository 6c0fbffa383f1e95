/**
 * What the engine (main thread) and the forwarder (worker thread) say to each other. Commands are carried out in the order
 * sent, answers come in the same order, so "everything before this" needs no other fence.
 */
import type {
  DestinationRecord,
  Document,
  Id,
  ReplicaAnswer,
  ReplicaCall,
  ServiceRecord,
} from "@tandem/model";
import type { CapturedPacket, CaptureFilter } from "./core/capture/captured.ts";
import type { Place, Row } from "./core/report/census.ts";
import type { Rates, Totals } from "./core/report/estimator.ts";
import type { Explanation } from "./core/report/explain.ts";
import type { PacketOf } from "./core/report/explain-packet.ts";
import type { DestinationTotals, Health } from "./core/services/service-table.ts";

/** Orders that need no answer. */
export type ForwarderOrder =
  | ({ type: "weights" } & Health)
  | { type: "replica"; call: ReplicaCall }
  /** Rates of services and destinations begin anew, by id, each from what it has had so far. */
  | { type: "restart_rates"; totals: ReadonlyMap<number, Totals> }
  /** Show captured packets from now on; undefined ends it. `number` stands on what is sent from then on. */
  | { type: "capture"; number: number; filter: CaptureFilter | undefined }
  /** A `captured` event has arrived: another one may follow. */
  | { type: "captured_taken" }
  | { type: "stop" };

/** Questions, and the answer of each. */
export interface ForwarderQuestions {
  /**
   * Run this document, with what health says of it. The first one also adopts the connections of a former daemon. Refused if the data plane
   * does not take it: what ran before goes on, as far as the data plane lets it.
   */
  program: {
    ask: { document: DocumentChange } & Health;
    answer: { changes: number; adopted: number; repaired: number };
  };
  /** Whether it still turns, and what keeps packets from it (`DataPlane.faults`). */
  ping: { ask: object; answer: { faults: readonly string[] } };
  counts: { ask: object; answer: ForwarderCounts };
  /** Every configured service. Reads all records at once: some 10 to 30 ms with 500,000 of them, so not to be asked all the time. */
  services: { ask: object; answer: ServiceCounts[] };
  /** What goes on now, by id of what `services` answers; one that has just been configured may be missing for some seconds. */
  rates: { ask: object; answer: ReadonlyMap<number, Rates> };
  /** Why a packet goes where it goes. Changes nothing. */
  explain: { ask: PacketOf; answer: PacketExplanation };
  /** Connections from `cursor` on; an answer may have fewer than `limit`, or none, before the last one, whose `next` is null. */
  list: { ask: { cursor: number; limit: number }; answer: { rows: ConnectionRow[]; next: number | null } };
  /**
   * End these records of this node, or of peers who are lost: silently, or so that both ends hear of it. What has ended meanwhile is left alone.
   * Some 4 µs each.
   */
  end: { ask: { places: readonly Place[]; isAloud: boolean }; answer: { ended: number } };
}

/** A document on its way to the forwarder: a service that stays as it runs there is named by its id. */
export type DocumentChange = Omit<Document, "services"> & {
  readonly services: readonly (ServiceRecord | Id)[];
};

/** Name of a question. */
export type QuestionName = keyof ForwarderQuestions;
/** What a question has to say. */
export type Ask<Q extends QuestionName> = ForwarderQuestions[Q]["ask"];
/** What is answered to a question. */
export type Answer<Q extends QuestionName> = ForwarderQuestions[Q]["answer"];

/** A question on its way; `id` is the asker's, and stands on the answer. */
export type Question = {
  [Q in QuestionName]: { type: "question"; id: number; name: Q; ask: Ask<Q> };
}[QuestionName];
/** What goes to the forwarder. */
export type ForwarderCommand = ForwarderOrder | Question;

/** What comes from the forwarder. */
export type ForwarderEvent =
  /** `isTableKept`: the records of a former daemon are there. */
  | { type: "ready"; isTableKept: boolean }
  | { type: "answer"; id: number; answer: unknown }
  /** The question could not be answered; the forwarder goes on. `failure` is an LbError's. */
  | { type: "refusal"; id: number; failure: unknown }
  /** Records that changed here and are worth sending: encoded, concatenated, in order of change. */
  | { type: "records"; records: Uint8Array; count: number }
  | { type: "replica"; answer: ReplicaAnswer }
  /** Packets of a capture, by time, and how many more could not be kept, since the order of this number. Few are sent before one is answered by `captured_taken`. */
  | { type: "captured"; number: number; packets: CapturedPacket[]; lost: number }
  /** The forwarder cannot go on. `failure` is an LbError's, where it was one. */
  | { type: "failed"; message: string; failure?: unknown };

/** The node's table and traffic at one moment. */
export interface ForwarderCounts {
  /** Living connections, own and peers'. */
  connections: number;
  /** Records of both families. */
  capacity: number;
  /** Connections by owner: peers by name, this node by the empty name. What a former daemon held of its peers counts as this node's until they claim it. */
  owned: Map<string, number>;
  /** Packets by reason name, fast path and core together. */
  packets: Map<string, number>;
  /** Connections that ended before their time, by what ended them: a new one, as the table was nearly full, or the defence `dropEntry`. */
  evicted: { nearly_full: number; drop_entry: number };
  /** Peers' records by what became of them (`APPLY_OUTCOMES`), since the daemon started. */
  merged: Map<string, number>;
}

/** A configured service and all that it ever had since the daemon started or adopted it: also by destinations that are gone, so it never falls. */
export interface ServiceCounts extends DestinationTotals {
  serviceId: number;
  /** Those of the document in its order, then those that were removed and still have connections. */
  destinations: DestinationCounts[];
}

/** A destination: its weight, its connections now, and all that it ever had, as its service. */
export interface DestinationCounts extends DestinationTotals {
  destinationId: number;
  effectiveWeight: number;
  activeConnections: number;
  inactiveConnections: number;
  /** Persistence templates that lead here. */
  persistentConnections: number;
  /** Over its upper threshold: gets no new ones. */
  isOverloaded: boolean;
  /** How it was configured last, where it no longer is. */
  removed: DestinationRecord | undefined;
}

/** One connection, readable: addresses as text, ports as numbers, method and protocol as `METHOD_NUMBERS` and `PROTOCOL_NUMBERS`. */
export type ConnectionRow = Omit<Row, "owner"> & {
  /** Name of the owning peer; empty for this node. */
  owner: string;
};

export type { Place } from "./core/report/census.ts";

/** An explanation with the owners' names in it. */
export type PacketExplanation = Omit<Explanation, "connection" | "template"> & {
  readonly connection?: ConnectionRow;
  readonly template?: ConnectionRow;
};

/** A running forwarder as the engine sees it. Two implementations: a worker thread, and in-process over the in-memory data plane. */
export interface ForwarderLink {
  send(command: ForwarderCommand): void;
  onEvent(handler: (event: ForwarderEvent) => void): void;
  /** Resolves when the forwarder is gone. */
  closed(): Promise<void>;
}
