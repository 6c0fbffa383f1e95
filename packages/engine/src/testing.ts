/** The forwarder in this process, over the in-memory data plane: a `ForwarderLink` whose time and turns are the test's. */
import { type Document, DocumentSpec, EMPTY_DOCUMENT, reviseDocument } from "@tandem/model";
import { createMemoryDataPlane, type MemoryDataPlane, type MemoryOptions } from "./dataplane/memory.ts";
import { createForwarder } from "./forwarder.ts";
import type {
  Answer,
  Ask,
  ForwarderCommand,
  ForwarderEvent,
  ForwarderLink,
  QuestionName,
} from "./forwarder-protocol.ts";

/** A forwarder that moves when it is told to. What goes in and out is copied, as between threads. */
export interface InProcessForwarder extends ForwarderLink {
  readonly dataplane: MemoryDataPlane;
  /** Virtual time in ticks of 2^20 ns; move it by assigning. */
  readonly clock: { now: number };
  /** What the forwarder said that nobody has listened to yet; the test empties it. */
  readonly said: ForwarderEvent[];
  /** Milliseconds that the loop would sleep now. */
  readonly idleMs: number;
  /** Carry out what was sent, then one turn of the loop. */
  turn(): void;
  /** Turn until nothing is left to do now. */
  settle(): void;
  /** Ask, turn, and return the answer. Throws the failure of a refusal, as data. */
  ask<Q extends QuestionName>(name: Q, ask: Ask<Q>): Answer<Q>;
}

/** Start one; `dataplane` is given where a former forwarder's is taken over. */
export function startInProcess(
  options: Omit<MemoryOptions, "now"> & { dataplane?: MemoryDataPlane; clock?: { now: number } } = {},
): InProcessForwarder {
  const clock = options.clock ?? { now: 0 };
  const dataplane = options.dataplane ?? createMemoryDataPlane({ ...options, now: () => clock.now });
  const ended = Promise.withResolvers<void>();
  const inbox: ForwarderCommand[] = [];
  const said: ForwarderEvent[] = [];
  let listener: ((event: ForwarderEvent) => void) | undefined;
  const emit = (event: ForwarderEvent) => {
    const copy = structuredClone(event);
    if (listener) listener(copy);
    else said.push(copy);
  };
  const forwarder = createForwarder(dataplane, emit, 1);
  let lastId = -1;

  function turn(): void {
    for (const command of inbox.splice(0)) forwarder.handle(command);
    forwarder.turn();
    if (forwarder.isStopped) ended.resolve();
  }

  return {
    dataplane,
    clock,
    said,
    get idleMs() {
      return forwarder.idleMs;
    },
    send: (command) => inbox.push(structuredClone(command)),
    onEvent(next) {
      listener = next;
      next({ type: "ready", isTableKept: options.dataplane !== undefined });
    },
    closed: () => ended.promise,
    turn,
    settle() {
      do turn();
      while (forwarder.idleMs === 0 || dataplane.waiting.upcalls > 0);
    },
    ask(name, ask) {
      const id = lastId--;
      inbox.push(structuredClone({ type: "question", id, name, ask } as ForwarderCommand));
      turn();
      const at = said.findIndex((e) => (e.type === "answer" || e.type === "refusal") && e.id === id);
      const [event] = said.splice(at, 1);
      if (event?.type === "refusal") throw event.failure;
      return (event as Extract<ForwarderEvent, { type: "answer" }>).answer as never;
    },
  };
}

/** The document after `current` with these services, as an operator would write them. */
export function documentOf(services: readonly object[], current: Document = EMPTY_DOCUMENT): Document {
  return reviseDocument(current, DocumentSpec.parse({ version: 1, services }));
}
