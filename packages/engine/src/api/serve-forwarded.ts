/** Calls that other nodes forwarded, answered through the same table as a node's own. */
import { LbError } from "@tandem/model";
import { answerStream, answerUnary, isUnary } from "./answer.ts";
import type { Auditor } from "./audit.ts";
import { carefulDefinition } from "./definition.ts";
import { decodeCall, encodeAnswer, encodeFailure, type ForwardedCall } from "./forwarded-call.ts";
import type { MethodName } from "./method-traits.ts";
import { METHODS } from "./methods.ts";
import type { NodeApi } from "./node-api.ts";

/** What forwarded calls are answered with. */
export interface ForwardedService {
  readonly api: NodeApi;
  readonly audit?: Auditor | undefined;
}

/** The node that forwards, and when nobody waits any more. */
export interface ForwardedFrom {
  readonly peer: string;
  readonly signal: AbortSignal;
}

/** Answers to a call of another node; a failure is the last of them. Throws what is a bug, or the signal's reason. */
export async function* serveForwarded(
  request: Uint8Array,
  { api, audit }: ForwardedService,
  { peer, signal }: ForwardedFrom,
): AsyncGenerator<Uint8Array> {
  try {
    const call = readCall(request, peer);
    const caller = { ...call.caller, from: `${call.caller.from}, by node ${peer}` };
    yield* answers(call, { api, audit, caller, signal });
  } catch (error) {
    if (!(error instanceof LbError)) throw error;
    yield encodeFailure(error.failure);
  }
}

type ReadCall = ForwardedCall & { readonly method: MethodName };

function readCall(request: Uint8Array, peer: string): ReadCall {
  const call = decodeCall(request);
  if (call && Object.hasOwn(METHODS, call.method)) return call as ReadCall;
  const why = call ? `it has no method "${call.method}"` : "it cannot read the request";
  const want = "the same version on both nodes";
  throw new LbError({ code: "refused", doing: `answer node "${peer}"`, why, want });
}

async function* answers(
  { method, message }: ReadCall,
  context: Parameters<typeof answerUnary>[2],
): AsyncGenerator<Uint8Array> {
  const { requestDeserialize, responseSerialize } = carefulDefinition[method] as unknown as Codec;
  const request = requestDeserialize(Buffer.from(message));
  if (isUnary(method)) {
    yield encodeAnswer(responseSerialize(await answerUnary(method, request, context)));
    return;
  }
  for await (const answer of answerStream(method, request, context))
    yield encodeAnswer(responseSerialize(answer));
}

interface Codec {
  requestDeserialize(bytes: Buffer): unknown;
  responseSerialize(answer: unknown): Buffer;
}
