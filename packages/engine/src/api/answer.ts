/** One call carried out, whatever carried it here: its caller's role, its request's form, its audit. Everything fails with `LbError`, but for bugs. */
import { LbError } from "@tandem/model";
import { auditedCall } from "./audit.ts";
import { type Caller, demandRole } from "./caller.ts";
import { MalformedRequest } from "./definition.ts";
import { METHOD_TRAITS, type MethodName } from "./method-traits.ts";
import { type CallContext, METHODS, type StreamingMethod, type UnaryMethod } from "./methods.ts";

type Unary = UnaryMethod<unknown, unknown>;
type Streaming = StreamingMethod<unknown, unknown>;

/** Whether a method has one answer. */
export const isUnary = (name: MethodName): boolean => "answer" in METHODS[name];

/** The answer of a method that has one. What nobody waits for any more is not begun. */
export async function answerUnary(
  name: MethodName,
  request: unknown,
  context: CallContext,
): Promise<unknown> {
  const { caller, audit, signal } = context;
  const { answer } = METHODS[name] as Unary;
  const changes = METHOD_TRAITS[name].effect === "changes"; // what ipvsadm changes is told by the document's history
  const act = async () => {
    admit(name, request, context.caller);
    signal.throwIfAborted();
    return answer(request, context);
  };
  return audit && !(request instanceof MalformedRequest)
    ? audit.around(auditedCall(name, request, { caller, changes }), act)
    : act();
}

/** The answers of a method that has many, until the context's signal ends it. */
export async function* answerStream(
  name: MethodName,
  request: unknown,
  context: CallContext,
): AsyncGenerator<unknown> {
  admit(name, request, context.caller);
  yield* (METHODS[name] as Streaming).stream(request, context);
}

/** Lets through a request that its caller may make and that is its message. @throws LbError forbidden, invalid_argument */
export function admit(name: MethodName, request: unknown, caller: Caller): void {
  demandRole(caller, METHOD_TRAITS[name].role, name);
  if (!(request instanceof MalformedRequest)) return;
  const field = "its encoding";
  const want = "a message of tandem.v1";
  throw new LbError({ code: "invalid_argument", doing: "read the request", field, got: request.why, want });
}
