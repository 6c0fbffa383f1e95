/** What the node is in its cluster. */
export type Role = "active" | "standby" | "fault" | "standalone";
/** How this node follows the others: `live` with every peer, else the worst of them; `off` without a cluster. */
export type SyncState = "off" | "alone" | "joining" | "loading" | "live" | "repairing";

/** How the node is: enough to answer "are we safe?". */
export interface NodeStatus {
  node: string;
  version: string;
  role: Role;
  /** Why the role is what it is, and since when (ms since the epoch; for people). */
  roleCause: string;
  roleSinceMs: number;
  revision: number;
  sync: SyncState;
  connections: number;
  capacity: number;
  /** True when every interface has its program and the forwarder answers. */
  forwarding: boolean;
  /** Replication lag seen from the peers' streams, milliseconds; absent without samples. */
  lagMs?: { p50: number; p99: number };
  peers: PeerStatus[];
  nats: "off" | "connected" | "disconnected";
  maintenance: boolean;
  virtualAddresses: string[];
  /** What an operator should act on, one sentence each; empty: all is well. */
  alarms: string[];
  /** Packets by reason, since the instance was created. */
  packets: Record<string, number>;
}

/** Another node, as this one sees it. */
export interface PeerStatus {
  node: string;
  state: SyncState | "lost";
  role: Role;
  revision: number;
  connections: number;
  /** Connections of this peer that we hold. */
  held: number;
  lagMs?: number;
  lastSeenMsAgo: number;
  /** Changes of this node's own connections that the peer has not confirmed yet; absent while it does not follow this node. */
  unconfirmed?: number;
  /** When what is held here was last compared with its digest; absent: never. */
  comparedMsAgo?: number;
  /** Parts of the table that differed then. */
  differing: number;
  maintenance: boolean;
}
