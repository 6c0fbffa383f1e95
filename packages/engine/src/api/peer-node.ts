/** A `NodeApi` of another node of the cluster. */
import type { Caller } from "./caller.ts";
import { type Forwarding, forwardStream, forwardUnary } from "./forward.ts";
import { nameOf } from "./method-traits.ts";
import type { NodeApi } from "./node-api.ts";
import { type ApiMethod, nodeOver } from "./node-over.ts";
import type { PeerCalls } from "./peer-calls.ts";

const never = new AbortController().signal;

/** The peer `node`, called for `caller`. A call fails with the very `LbError` that it met there, or with unavailable. */
export function peerNode(peers: PeerCalls, node: string, caller: Caller): NodeApi {
  const to = (terms: Pick<Forwarding, "signal" | "timeoutMs">): Forwarding => ({
    peers,
    node,
    caller,
    ...terms,
  });
  return nodeOver({
    async unary<Request, Answer>(method: ApiMethod<Request, Answer>, request: Request, timeoutMs: number) {
      const answer = await forwardUnary(nameOf(method), request, to({ signal: never, timeoutMs }));
      return answer as Answer;
    },
    async *stream<Request, Answer>(
      method: ApiMethod<Request, Answer>,
      request: Request,
      signal: AbortSignal = never,
    ) {
      try {
        yield* forwardStream(nameOf(method), request, to({ signal })) as AsyncIterable<Answer>;
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
  });
}
