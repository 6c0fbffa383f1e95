/** The shell of calls between nodes: runs their step function over a real timer, keys and a transport, and serves promises. */
import { randomBytes } from "node:crypto";
import { LbError } from "@tandem/model";
import {
  type CallEffect,
  type CallEvent,
  type CallFailure,
  type CallRefusal,
  createCallState,
  madeKey,
} from "./call/call-state.ts";
import type { CallLimits } from "./call/limits.ts";
import { callStep } from "./call/step.ts";
import { callSubject } from "./transport/subjects.ts";
import type { Transport } from "./transport/transport.ts";
import { CHALLENGE_BYTES } from "./wire/codec.ts";
import { EPOCH_BYTES } from "./wire/header.ts";
import type { Seal } from "./wire/seal.ts";

/** What calls are made and answered with. */
export interface NodeCallsOptions {
  /** Names of cluster and node: `isNodeName`. */
  readonly cluster: string;
  readonly node: string;
  readonly seal: Seal;
  readonly transport: Transport;
  /** Answers to a request of node `peer`, until `signal` ends them. What it throws is a bug. */
  serve(request: Uint8Array, from: { peer: string; signal: AbortSignal }): AsyncIterable<Uint8Array>;
  readonly onBug: (error: unknown) => void;
  readonly limits?: Partial<CallLimits>;
}

/** How long, and for whom. */
export interface CallTerms {
  /** Nobody waits any more: the other node is told. */
  readonly signal: AbortSignal;
  /** Milliseconds, told to the other node; absent: without end. */
  readonly timeoutMs?: number | undefined;
}

/** Calls between nodes. */
export interface NodeCalls {
  /**
   * Call a node. It carries the request out once, or not at all.
   *
   * @returns its answers, in order, at the pace at which they are taken. Fails with unavailable; aborted, with the signal's reason
   */
  call(node: string, request: Uint8Array, terms: CallTerms): AsyncIterable<Uint8Array>;
  /** Frames that changed nothing, by reason. */
  refused(): Readonly<Record<CallRefusal, number>>;
  /** End all calls. The transport stays open. */
  close(): void;
}

/** Start taking calls, and be able to make them. */
export function createNodeCalls(options: NodeCallsOptions): NodeCalls {
  const { transport } = options;
  const state = createCallState({ ...options, epoch: randomId(EPOCH_BYTES) });
  const inboxes = new Map<string, Inbox>();
  const servings = new Map<string, Serving>();
  let timer: NodeJS.Timeout | undefined;

  const perform: { readonly [T in CallEffect["type"]]: (effect: Extract<CallEffect, { type: T }>) => void } =
    {
      publish: ({ subject, frame }) => transport.publish(subject, frame),
      requested: (effect) => void serve(effect),
      message: ({ key, bytes }) => inboxes.get(key)?.put(bytes),
      room: ({ key }) => servings.get(key)?.room.resolve(),
      ended({ key, failure }) {
        inboxes.get(key)?.end(failure);
        servings.get(key)?.ending.abort();
        servings.get(key)?.room.resolve();
      },
    };
  const handle = (event: CallEvent): void => {
    for (const effect of callStep(state, event, performance.now(), randomBytes))
      (perform[effect.type] as (effect: CallEffect) => void)(effect);
    if (state.ends.size > 0) timer ??= setInterval(() => handle({ type: "tick" }), state.limits.tickMs);
    else stopTimer();
  };
  const stopTimer = (): void => {
    clearInterval(timer);
    timer = undefined;
  };

  async function serve({ key, peer, request }: Extract<CallEffect, { type: "requested" }>): Promise<void> {
    const serving: Serving = { ending: new AbortController(), room: Promise.withResolvers() };
    const { signal } = serving.ending;
    servings.set(key, serving);
    try {
      for await (const bytes of options.serve(request, { peer, signal })) {
        serving.room = Promise.withResolvers();
        handle({ type: "answered", key, bytes });
        await serving.room.promise;
        if (signal.aborted) return;
      }
      handle({ type: "finished", key });
    } catch (error) {
      if (!signal.aborted) options.onBug(error);
      handle({ type: "given_up", key, reason: "broken" });
    } finally {
      servings.delete(key);
    }
  }

  const endSubscription = transport.subscribe(callSubject(options.cluster, options.node), (frame) =>
    handle({ type: "received", frame }),
  );
  return {
    async *call(node, request, { signal, timeoutMs = 0 }) {
      signal.throwIfAborted();
      if (!transport.isConnected())
        throw unreachable(node, "NATS is away, and this node answers for itself alone");
      const call = randomId(CHALLENGE_BYTES);
      const key = madeKey(call);
      const inbox = createInbox();
      const cancel = (): void => handle({ type: "given_up", key, reason: "cancelled" });
      inboxes.set(key, inbox);
      signal.addEventListener("abort", cancel);
      try {
        handle({ type: "made", call, node, request, timeoutMs });
        for (let bytes = await inbox.take(); bytes; bytes = await inbox.take()) {
          yield bytes;
          handle({ type: "taken", key });
        }
        signal.throwIfAborted();
        if (inbox.failure()) throw unreachable(node, WHY[inbox.failure()!]);
      } finally {
        signal.removeEventListener("abort", cancel);
        cancel(); // of a call that is over: nothing
        inboxes.delete(key);
      }
    },
    refused: () => state.refused,
    close() {
      for (const key of state.ends.keys()) handle({ type: "given_up", key, reason: "cancelled" });
      stopTimer();
      endSubscription();
    },
  };
}

/** What a call's failure is to whoever made it. */
const WHY: Record<CallFailure, string> = {
  silent: "it does not answer",
  tooLate: "no answer in time",
  busy: "it has as many calls open as it takes",
  full: "as many calls are open as this node makes",
  tooLarge: "a message is larger than calls take",
  cancelled: "it ended the call",
  broken: "it failed, see its log",
};

function unreachable(node: string, why: string): LbError {
  return new LbError({ code: "unavailable", what: `node "${node}"`, why });
}

const randomId = (sizeBytes: number): string => randomBytes(sizeBytes).toString("hex");

/** A call that is being answered. */
interface Serving {
  readonly ending: AbortController;
  /** Resolved when another answer may be given. */
  room: PromiseWithResolvers<void>;
}

/** Answers that have come and are not taken. */
interface Inbox {
  put(bytes: Uint8Array): void;
  end(failure: CallFailure | undefined): void;
  /** The next answer, when it is there; undefined after the last. For one taker. */
  take(): Promise<Uint8Array | undefined>;
  failure(): CallFailure | undefined;
}

function createInbox(): Inbox {
  const messages: Uint8Array[] = [];
  let news = Promise.withResolvers<void>();
  let isEnded = false;
  let failed: CallFailure | undefined;
  return {
    put(bytes) {
      messages.push(bytes);
      news.resolve();
    },
    end(failure) {
      isEnded = true;
      failed = failure;
      news.resolve();
    },
    async take() {
      while (messages.length === 0 && !isEnded) {
        await news.promise;
        news = Promise.withResolvers();
      }
      return messages.shift();
    },
    failure: () => failed,
  };
}
