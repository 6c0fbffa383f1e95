/** A node as one of several, or on its own: whom it hears, and what it replicates once it takes part. */
import type { Engine, NodeStatus } from "@tandem/engine";
import { LbError } from "@tandem/model";
import type { PeerStatus } from "@tandem/sync";
import type { Logger } from "pino";
import type { ClusterLink } from "./cluster-link.ts";
import { type Replication, type ReplicationListener, startReplication } from "./replication.ts";

/** A node's part in its cluster. */
export interface Membership extends AsyncDisposable {
  /** Undefined on its own, and before it has joined. */
  readonly replication: Replication | undefined;
  readonly nats: NodeStatus["nats"];
  /** What NATS refuses this node, in its words; undefined: nothing. */
  readonly natsRefusal: string | undefined;
  /** Peers that were heard of, lost ones, too. */
  known(): string[];
  /** The same; undefined: NATS is away, so nobody can be asked. */
  reachable(): string[] | undefined;
  /** Those that are not lost; while NATS is away, who is not heard may be well. */
  live(): string[];
  /** Know a peer no more until it is heard again. @throws LbError not_found, or refused where it may be well */
  forget(peer: string): void;
  /** Replicate from now on. On its own: nothing. */
  join(listener: ReplicationListener): void;
  /** Resolves to true once every peer has what was offered, to false if one does not or there is no replication. */
  flush(): Promise<boolean>;
}

/** The part of a node in a cluster that it has not joined yet; `link` undefined: it is on its own. */
export function createMembership(
  link: ClusterLink | undefined,
  of: { node: string; engine: Engine; log: Logger },
): Membership {
  let replication: Replication | undefined;
  const peers = (): readonly PeerStatus[] => replication?.replicator.status().peers ?? [];
  const known = () => peers().map(({ node }) => node);
  const heard = (): Heard => ({ peers: peers(), isAway: isAway() });
  const isAway = () => link !== undefined && !link.transport.isConnected();
  return {
    get replication() {
      return replication;
    },
    get nats() {
      if (!link) return "off";
      return isAway() ? "disconnected" : "connected";
    },
    get natsRefusal() {
      return link?.transport.refusal();
    },
    known,
    reachable: () => (isAway() ? undefined : known()),
    live: () => livePeers(heard()),
    forget(peer) {
      refuseToForget(peer, heard());
      replication?.replicator.forget(peer);
    },
    join(listener) {
      if (link) replication = startReplication({ ...of, link }, listener);
    },
    flush: async () => (await replication?.replicator.flush()) ?? false,
    [Symbol.asyncDispose]: async () => replication?.close(),
  };
}

/** What is known of the others. */
interface Heard {
  readonly peers: readonly PeerStatus[];
  /** NATS is. */
  readonly isAway: boolean;
}

/** Names of those that are not lost: while NATS is away nobody is known to be. */
export const livePeers = ({ peers, isAway }: Heard): string[] =>
  peers.filter(({ state }) => isAway || state !== "alone").map(({ node }) => node);

/** Only who is lost can be forgotten: anybody else would be heard of again at once. @throws LbError not_found, refused */
export function refuseToForget(name: string, of: Heard): void {
  const peer = of.peers.find(({ node }) => node === name);
  if (!peer) throw new LbError({ code: "not_found", what: "peer", key: name });
  if (peer.state === "alone" && !of.isAway) return;
  const why = of.isAway ? "NATS is away, so it may be well" : `it is ${peer.state}`;
  throw new LbError({ code: "refused", doing: `forget peer "${name}"`, why, want: "a peer that is lost" });
}
