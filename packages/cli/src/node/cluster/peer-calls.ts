/** The other nodes, as this one calls and answers them. */
import { type ForwardedService, type PeerCalls, serveForwarded } from "@tandem/engine";
import { LbError } from "@tandem/model";
import { type CallRefusal, createNodeCalls } from "@tandem/sync";
import { type ClusterLink, createSeal } from "./cluster-link.ts";

/** A way that can be closed. */
export interface OpenPeerCalls extends PeerCalls {
  /** Frames that changed nothing, by reason. */
  refused(): Readonly<Partial<Record<CallRefusal, number>>>;
  close(): void;
}

/** What calls of others are answered with, and what is known of them. */
export interface PeerCallsOptions extends ForwardedService {
  readonly node: string;
  /** Undefined: there are no others. */
  readonly link: ClusterLink | undefined;
  /** Names of the peers that were heard of. */
  peers(): readonly string[];
  readonly onBug: (error: unknown) => void;
}

/** Open the way to the others, and answer them from now on. */
export function openPeerCalls(options: PeerCallsOptions): OpenPeerCalls {
  const { node, link, peers, onBug } = options;
  if (!link) return { node, peers: () => [], call: nobody, refused: () => ({}), close() {} };
  const calls = createNodeCalls({
    cluster: link.cluster,
    node,
    seal: createSeal(link),
    transport: link.transport,
    serve: (request, from) => serveForwarded(request, options, from),
    onBug,
  });
  return { node, peers, ...calls };
}

// biome-ignore lint/correctness/useYield: there is nobody who could answer
async function* nobody(node: string): AsyncGenerator<Uint8Array> {
  throw new LbError({ code: "unavailable", what: `node "${node}"`, why: "this director is on its own" });
}
