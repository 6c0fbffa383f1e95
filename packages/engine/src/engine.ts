/**
 * The engine on the main thread: owner of the document that runs. It sends commands to the forwarder in arrival order;
 * connections it only ever asks about.
 */
import { type Document, EMPTY_DOCUMENT, LbError, type LbFailure, type ReplicaAnswer } from "@tandem/model";
import type { CaptureFilter } from "./core/capture/captured.ts";
import type { Health } from "./core/services/service-table.ts";
import { type CaptureListener, createCaptures } from "./engine-captures.ts";
import type {
  Answer,
  Ask,
  ForwarderEvent,
  ForwarderLink,
  ForwarderOrder,
  QuestionName,
} from "./forwarder-protocol.ts";

/** A running director's engine. Every promise rejects with `LbError` (unavailable) once the forwarder is gone. */
export interface Engine {
  /** The connections of a former daemon were there at the start. */
  readonly isTableKept: boolean;
  /** What runs now. */
  readonly document: Document;
  /** Run this document with what health says of it: connections of what stays are untouched. Rejects and keeps the running one if the data plane refuses. */
  apply(document: Document, health: Health): Promise<Answer<"program">>;
  /** Replace what health says: weights count from the next new connection on, and what goes down meets the fate that its service has for it. */
  setHealth(health: Health): void;
  order(order: ForwarderOrder): void;
  ask<Q extends QuestionName>(name: Q, ask: Ask<Q>): Promise<Answer<Q>>;
  /** Look at packets as they come in, each with the decision taken on it, until the function that this returns is called. Several may look at once; all fail once the forwarder is gone. */
  capture(filter: CaptureFilter, listener: CaptureListener): () => void;
  /** Records that changed here and are worth sending to the peers. */
  onRecords(handler: (records: Uint8Array, count: number) => void): void;
  onReplicaAnswer(handler: (answer: ReplicaAnswer) => void): void;
  /** The forwarder failed or ended unasked; the node cannot forward new connections any more. */
  onFailure(handler: (failure: LbError) => void): void;
  /** Stop the forwarder. Programs stay attached: known flows go on. */
  close(): Promise<void>;
}

interface Pending {
  resolve(answer: unknown): void;
  reject(error: LbError): void;
}

/**
 * Start an engine over a forwarder.
 *
 * @returns once the forwarder is ready. Rejects with the forwarder's own `LbError` if it cannot start.
 */
export async function startEngine(link: ForwarderLink): Promise<Engine> {
  const pending = new Map<number, Pending>();
  let nextId = 1;
  let running: Document = EMPTY_DOCUMENT;
  let recordsHandler: (records: Uint8Array, count: number) => void = () => {};
  let failureHandler: (failure: LbError) => void = () => {};
  let gone: LbError | undefined;
  let closing = false;
  let replicaHandler: (answer: ReplicaAnswer) => void = () => {};
  const captures = createCaptures((order) => link.send(order));
  const ready = Promise.withResolvers<{ isTableKept: boolean }>();

  function fail(error: LbError): void {
    if (gone) return;
    gone = error;
    for (const p of pending.values()) p.reject(error);
    pending.clear();
    captures.fail(error);
    ready.reject(error);
    if (!closing) failureHandler(error);
  }

  function settle(id: number, act: (p: Pending) => void): void {
    const p = pending.get(id);
    pending.delete(id);
    if (p) act(p);
  }

  const on: { [T in ForwarderEvent["type"]]: (event: Extract<ForwarderEvent, { type: T }>) => void } = {
    ready: (e) => ready.resolve(e),
    answer: (e) => settle(e.id, (p) => p.resolve(e.answer)),
    refusal: (e) => settle(e.id, (p) => p.reject(new LbError(e.failure as LbFailure))),
    replica: (e) => replicaHandler(e.answer),
    captured: (e) => captures.take(e),
    records: (e) => recordsHandler(e.records, e.count),
    failed: (e) => fail(e.failure ? new LbError(e.failure as LbFailure) : unavailable(e.message)),
  };
  link.onEvent((event) => (on[event.type] as (e: ForwarderEvent) => void)(event));
  void link.closed().then(() => fail(unavailable("it has ended")));

  function ask<Q extends QuestionName>(name: Q, question: Ask<Q>): Promise<Answer<Q>> {
    if (gone) return Promise.reject(gone);
    const id = nextId++;
    return new Promise((resolve, reject) => {
      pending.set(id, { resolve: resolve as (answer: unknown) => void, reject });
      link.send({ type: "question", id, name, ask: question } as Parameters<ForwarderLink["send"]>[0]);
    });
  }

  const { isTableKept } = await ready.promise;
  return {
    isTableKept,
    get document() {
      return running;
    },
    async apply(document, health) {
      const known = new Set(running.services);
      const services = document.services.map((s) => (known.has(s) ? s.id : s));
      const answer = await ask("program", { document: { ...document, services }, ...health });
      running = document;
      return answer;
    },
    setHealth: (health) => link.send({ type: "weights", ...health }),
    order: (order) => link.send(order),
    ask,
    capture: captures.start,
    onRecords(handler) {
      recordsHandler = handler;
    },
    onReplicaAnswer(handler) {
      replicaHandler = handler;
    },
    onFailure(handler) {
      failureHandler = handler;
      if (gone) handler(gone);
    },
    async close() {
      closing = true;
      link.send({ type: "stop" });
      await link.closed();
    },
  };
}

function unavailable(why: string): LbError {
  return new LbError({ code: "unavailable", what: "the forwarder", why });
}
