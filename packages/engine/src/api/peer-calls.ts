/** Calls of other nodes of the cluster, as a port: requests out, answers back. What is in them is `forwarded-call.ts`. */

/** Metadata of a call that names the node that is to answer. */
export const NODE_KEY = "tandem-node";

/** The way to the other nodes. */
export interface PeerCalls {
  /** Name of this node. */
  readonly node: string;
  /** Names of the others that are known, whether or not they can be reached. */
  peers(): readonly string[];
  /**
   * Call one of them. It carries the request out once, or not at all.
   *
   * @returns its answers, in order, at the pace at which they are taken. Fails with unavailable; aborted, with the signal's reason
   */
  call(node: string, request: Uint8Array, terms: PeerCallTerms): AsyncIterable<Uint8Array>;
}

/** How long, and for whom. */
export interface PeerCallTerms {
  /** Nobody waits for the answers any more. */
  readonly signal: AbortSignal;
  /** Milliseconds; absent: without end. */
  readonly timeoutMs?: number | undefined;
}
