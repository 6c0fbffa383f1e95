/** The table of methods as gRPC handlers. No handler lets an error escape: a failure becomes a status, a bug is also reported. */
import { once } from "node:events";
import type { ServerUnaryCall, ServerWritableStream, sendUnaryData } from "@grpc/grpc-js";
import { LbError } from "@tandem/model";
import type { NodeHandlers } from "../../proto/generated/tandem/v1/Node.ts";
import { type Caller, demandRole } from "./caller.ts";
import { MalformedRequest } from "./definition.ts";
import { toStatus } from "./failure-status.ts";
import {
  type CallContext,
  METHODS,
  type MethodName,
  type StreamingMethod,
  type UnaryMethod,
} from "./methods.ts";
import type { NodeApi } from "./node-api.ts";

/** What is told of errors that are no failures. */
export type BugReport = (error: unknown) => void;

/** What handlers are made from. */
export interface HandlerOptions {
  readonly api: NodeApi;
  readonly onBug: BugReport;
  /** Who a call comes from. */
  callerOf(call: Call): Caller;
}

type Call = ServerUnaryCall<unknown, unknown> | ServerWritableStream<unknown, unknown>;
type Unary = UnaryMethod<unknown, unknown>;
type Streaming = StreamingMethod<unknown, unknown>;

/** The service's methods over `api`. Cost: one call of `api` each. */
export function createHandlers(options: HandlerOptions): NodeHandlers {
  const handlers = Object.entries(METHODS).map(([name, method]) => [
    name,
    "answer" in method
      ? unary(name as MethodName, method as Unary, options)
      : streaming(name as MethodName, method as Streaming, options),
  ]);
  return Object.fromEntries(handlers) as NodeHandlers;
}

function unary(name: MethodName, method: Unary, { api, callerOf, onBug }: HandlerOptions) {
  return (call: ServerUnaryCall<unknown, unknown>, done: sendUnaryData<unknown>): void => {
    const context = contextOf(call, api, callerOf);
    admitted(name, call.request, context)
      .then((request) => method.answer(request, context))
      .then(
        (value) => done(null, value),
        (error) => done(statusOf(error, onBug)),
      );
  };
}

function streaming(name: MethodName, method: Streaming, { api, callerOf, onBug }: HandlerOptions) {
  return (call: ServerWritableStream<unknown, unknown>): void => {
    const context = contextOf(call, api, callerOf);
    admitted(name, call.request, context)
      .then((request) => pour(method.stream(request, context), call))
      .catch((error) => {
        if (!call.cancelled) call.emit("error", statusOf(error, onBug));
      });
  };
}

function contextOf(call: Call, api: NodeApi, callerOf: HandlerOptions["callerOf"]): CallContext {
  const ending = new AbortController();
  (call as ServerUnaryCall<unknown, unknown>).once("cancelled", () => ending.abort());
  return { api, caller: callerOf(call), signal: ending.signal };
}

/** A request that its caller may make and that is its message. */
async function admitted(name: MethodName, request: unknown, { caller }: CallContext): Promise<unknown> {
  demandRole(caller, METHODS[name].role, name);
  if (!(request instanceof MalformedRequest)) return request;
  const field = "its encoding";
  const want = "a message of tandem.v1";
  throw new LbError({ code: "invalid_argument", doing: "read the request", field, got: request.why, want });
}

function statusOf(error: unknown, onBug: BugReport) {
  if (!(error instanceof LbError)) onBug(error);
  return toStatus(error);
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
