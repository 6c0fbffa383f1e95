/** Calls that another node is to answer: which one, and how it comes by them. */
import type { Metadata } from "@grpc/grpc-js";
import { LbError } from "@tandem/model";
import { admit } from "./answer.ts";
import type { Caller } from "./caller.ts";
import { nodeDefinition } from "./definition.ts";
import { decodeAnswer, encodeCall } from "./forwarded-call.ts";
import type { MethodName } from "./method-traits.ts";
import { NODE_KEY, type PeerCalls, type PeerCallTerms } from "./peer-calls.ts";

/** A call on its way to another node. */
export interface Forwarding extends PeerCallTerms {
  readonly peers: PeerCalls;
  /** One of its peers. */
  readonly node: string;
  readonly caller: Caller;
}

/**
 * The node that a call is for; undefined: this one.
 *
 * @throws LbError invalid_argument, for one that nobody has heard of
 */
export function addresseeOf(metadata: Metadata, peers: PeerCalls | undefined): string | undefined {
  const [wanted] = metadata.get(NODE_KEY);
  if (wanted === undefined || wanted === peers?.node) return undefined;
  const known = peers?.peers() ?? [];
  if (known.includes(String(wanted))) return String(wanted);
  const want = peers ? nodesOf(peers.node, known) : "none: this director is on its own";
  const got = JSON.stringify(String(wanted));
  throw new LbError({ code: "invalid_argument", doing: "call another node", field: "its name", got, want });
}

const nodesOf = (here: string, others: readonly string[]): string =>
  others.length === 0 ? `"${here}": no other node was heard of` : `one of ${[here, ...others].join(", ")}`;

/** The one answer of another node. Fails with the very `LbError` that it met there, or with unavailable. */
export async function forwardUnary(name: MethodName, request: unknown, to: Forwarding): Promise<unknown> {
  const answers = forwardStream(name, request, to);
  const { value, done } = await answers.next();
  const why = "it ended the call without an answer";
  if (done) throw new LbError({ code: "unavailable", what: `node "${to.node}"`, why });
  // nobody waits for the call to end; being let to, it leaves no frames behind that are too late
  void answers.next().then(
    () => answers.return(undefined),
    () => {},
  );
  return value;
}

/** The answers of another node, likewise. */
export async function* forwardStream(
  name: MethodName,
  request: unknown,
  { peers, node, caller, ...terms }: Forwarding,
): AsyncGenerator<unknown> {
  admit(name, request, caller);
  const { requestSerialize, responseDeserialize } = codecOf(name);
  const call = encodeCall({ method: name, caller, message: requestSerialize(request) });
  for await (const bytes of peers.call(node, call, terms))
    yield decodeAnswer(bytes, node, responseDeserialize);
}

interface Codec {
  requestSerialize(request: unknown): Buffer;
  responseDeserialize(bytes: Buffer): unknown;
}

const codecOf = (name: MethodName): Codec => nodeDefinition[name] as unknown as Codec;
