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
import { type FailureStatus, toStatus } from "./failure-status.ts";
import { type CallContext, METHODS, type MethodName } from "./methods.ts";
import type { NodeApi } from "./node-api.ts";

/** What is told of errors that are no failures. */
export type BugReport = (error: unknown) => void;

/** What handlers are made from. */
export interface HandlerOptions {
  readonly api: NodeApi;
  readonly onBug: BugReport;
  readonly audit?: Auditor | undefined;
  /** Who a call comes from. @throws LbError forbidden */
  callerOf(call: Pick<Call, "getAuthContext" | "getPeer">): Caller;
}

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
      const value = await answerUnary(name, call.request, contextOf(call, ending, options));
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
      await pour(answerStream(name, call.request, contextOf(call, ending, options)), call);
    } catch (error) {
      if (!call.cancelled) call.emit("error", statusOf(error, call, ending.reason, options.onBug));
    }
  };
}

function contextOf(call: Call, signal: AbortSignal, { api, audit, callerOf }: HandlerOptions): CallContext {
  return { api, audit, caller: callerOf(call), signal };
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
