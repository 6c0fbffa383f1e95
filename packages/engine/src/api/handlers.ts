/** The table of methods as gRPC handlers. No handler lets an error escape: a failure becomes a status, a bug is also reported. */
import { once } from "node:events";
import {
  Metadata,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import { LbError } from "@tandem/model";
import type { NodeHandlers } from "../../proto/generated/tandem/v1/Node.ts";
import { answerStream, answerUnary, isUnary } from "./answer.ts";
import type { Auditor } from "./audit.ts";
import type { Caller } from "./caller.ts";
import { commandOf } from "./command-line.ts";
import { type FailureStatus, toStatus } from "./failure-status.ts";
import { addresseeOf, type Forwarding, forwardStream, forwardUnary } from "./forward.ts";
import type { MethodName } from "./method-traits.ts";
import { type CallContext, METHODS } from "./methods.ts";
import type { NodeApi } from "./node-api.ts";
import type { PeerCalls } from "./peer-calls.ts";

/** What is told of errors that are no failures. */
export type BugReport = (error: unknown) => void;

/** What handlers are made from. */
export interface HandlerOptions {
  readonly api: NodeApi;
  readonly onBug: BugReport;
  readonly audit?: Auditor | undefined;
  /** Nodes that calls may be for instead of this one; absent: none. */
  readonly peers?: PeerCalls | undefined;
  /** Who a call comes from. @throws LbError forbidden */
  callerOf(call: Pick<Call, "getAuthContext" | "getPeer">): Caller;
}

/** A day: longer than anybody waits, and no number is too large for anything. */
const MAX_TIMEOUT_MS = 86_400_000;

type Call = ServerUnaryCall<unknown, unknown> | ServerWritableStream<unknown, unknown>;

/** The service's methods over `api`. Cost: one call of `api` each. */
export function createHandlers(options: HandlerOptions): NodeHandlers {
  const names = Object.keys(METHODS) as MethodName[];
  const handlers = names.map((name) => [
    name,
    isUnary(name) ? unary(name, options) : streaming(name, options),
  ]);
  return Object.fromEntries(handlers) as NodeHandlers;
}

function unary(name: MethodName, options: HandlerOptions) {
  return async (call: ServerUnaryCall<unknown, unknown>, done: sendUnaryData<unknown>): Promise<void> => {
    const ending = endingOf(call);
    try {
      const to = forwardingOf(call, ending, options);
      const value = to
        ? await forwardUnary(name, call.request, to)
        : await answerUnary(name, call.request, contextOf(call, ending, options));
      done(null, value);
    } catch (error) {
      done(statusOf(error, call, ending.reason, options.onBug));
    }
  };
}

function streaming(name: MethodName, options: HandlerOptions) {
  return async (call: ServerWritableStream<unknown, unknown>): Promise<void> => {
    const ending = endingOf(call);
    try {
      const to = forwardingOf(call, ending, options);
      const answers = to
        ? forwardStream(name, call.request, to)
        : answerStream(name, call.request, contextOf(call, ending, options));
      await pour(answers, call);
    } catch (error) {
      if (!call.cancelled) call.emit("error", statusOf(error, call, ending.reason, options.onBug));
    }
  };
}

function contextOf(call: Call, signal: AbortSignal, options: HandlerOptions): CallContext {
  const { api, audit } = options;
  return { api, audit, caller: callerWith(call, options), signal };
}

/** Who calls, with what he typed. */
function callerWith(call: Call, { callerOf }: HandlerOptions): Caller {
  const command = commandOf(call.metadata);
  return { ...callerOf(call), ...(command !== undefined && { command }) };
}

/** The way to the node that a call is for; undefined: it is for this one. */
function forwardingOf(call: Call, signal: AbortSignal, options: HandlerOptions): Forwarding | undefined {
  const { peers } = options;
  const node = addresseeOf(call.metadata, peers);
  if (node === undefined || peers === undefined) return undefined;
  return { peers, node, caller: callerWith(call, options), signal, timeoutMs: timeLeftOf(call) };
}

/** Milliseconds to the call's deadline, at least one; undefined: it has none. */
function timeLeftOf(call: Call): number | undefined {
  const leftMs = Number(call.getDeadline()) - Date.now();
  return Number.isFinite(leftMs) ? Math.min(Math.max(1, Math.ceil(leftMs)), MAX_TIMEOUT_MS) : undefined;
}

/** Aborted when nobody waits for the answer any more, also when the clock says so before gRPC's own timer does. */
function endingOf(call: Call): AbortSignal {
  const ending = new AbortController();
  (call as ServerUnaryCall<unknown, unknown>).once("cancelled", () => ending.abort());
  if (Number(call.getDeadline()) <= Date.now()) ending.abort();
  return ending.signal;
}

/** A call that ended before its answer needs no other status than that. */
function statusOf(error: unknown, call: Call, ended: unknown, onBug: BugReport): FailureStatus {
  if (error === ended && ended !== undefined)
    return { code: status.DEADLINE_EXCEEDED, details: "too late to begin", metadata: new Metadata() };
  if (!(error instanceof LbError)) onBug(error);
  return toStatus(error, call.metadata);
}

/** Streams at the client's pace; ends early when the client goes away. */
async function pour(answers: AsyncIterable<unknown>, call: ServerWritableStream<unknown, unknown>) {
  // not once(): that would reject, unheard, at an "error" that is emitted for the client
  const cancelled = new Promise((resolve) => call.once("cancelled", resolve));
  for await (const answer of answers) {
    if (call.cancelled) return;
    if (!call.write(answer)) await Promise.race([once(call, "drain"), cancelled]);
  }
  call.end();
}
