// Original file: tandem/v1/node.proto

import type { Role as _tandem_v1_Role, Role__Output as _tandem_v1_Role__Output } from '../../tandem/v1/Role.ts';
import type { FollowState as _tandem_v1_FollowState, FollowState__Output as _tandem_v1_FollowState__Output } from '../../tandem/v1/FollowState.ts';
import type { Lag as _tandem_v1_Lag, Lag__Output as _tandem_v1_Lag__Output } from '../../tandem/v1/Lag.ts';
import type { PeerStatus as _tandem_v1_PeerStatus, PeerStatus__Output as _tandem_v1_PeerStatus__Output } from '../../tandem/v1/PeerStatus.ts';
import type { Messaging as _tandem_v1_Messaging, Messaging__Output as _tandem_v1_Messaging__Output } from '../../tandem/v1/Messaging.ts';
import type { Long } from '@grpc/proto-loader';

export interface NodeStatus {
  /**
   * Name of the node, unique in its cluster.
   */
  'node'?: (string);
  /**
   * Version of Tandem, such as "0.1.0".
   */
  'version'?: (string);
  /**
   * What the node is in its cluster.
   */
  'role'?: (_tandem_v1_Role);
  /**
   * Why the role is what it is: one sentence for people.
   */
  'roleCause'?: (string);
  /**
   * When it became so: milliseconds since 1970-01-01 UTC, 0..2^53. For people: nothing is decided by it.
   */
  'roleSinceMs'?: (number | string | Long);
  /**
   * Revision of the document that runs here, 0..2^53; 0 before the first.
   */
  'revision'?: (number | string | Long);
  /**
   * The worst of the follow states towards all peers.
   */
  'sync'?: (_tandem_v1_FollowState);
  /**
   * Connections in the table, 0..capacity.
   */
  'connections'?: (number | string | Long);
  /**
   * Connections that fit into the table, 0..2^32-1.
   */
  'capacity'?: (number | string | Long);
  /**
   * Every interface has its program and the forwarder answers.
   */
  'forwarding'?: (boolean);
  /**
   * Replication lag over all peers' streams; absent without samples.
   */
  'lag'?: (_tandem_v1_Lag | null);
  /**
   * The other nodes of the cluster, as this one sees them.
   */
  'peers'?: (_tandem_v1_PeerStatus)[];
  /**
   * The way to the NATS servers.
   */
  'nats'?: (_tandem_v1_Messaging);
  /**
   * The operator took the node out of service: it takes the active role only if nobody else can.
   */
  'maintenance'?: (boolean);
  /**
   * Virtual addresses of all services, canonical text.
   */
  'virtualAddresses'?: (string)[];
  /**
   * What an operator should act on, one sentence each; empty: all is well.
   */
  'alarms'?: (string)[];
  /**
   * Packets by reason, 0..2^53 each, since the instance was created. Keys: packages/engine/src/core/verdict.ts.
   */
  'packets'?: ({[key: string]: number | string | Long});
  '_lag'?: "lag";
}

export interface NodeStatus__Output {
  /**
   * Name of the node, unique in its cluster.
   */
  'node': (string);
  /**
   * Version of Tandem, such as "0.1.0".
   */
  'version': (string);
  /**
   * What the node is in its cluster.
   */
  'role': (_tandem_v1_Role__Output);
  /**
   * Why the role is what it is: one sentence for people.
   */
  'roleCause': (string);
  /**
   * When it became so: milliseconds since 1970-01-01 UTC, 0..2^53. For people: nothing is decided by it.
   */
  'roleSinceMs': (number);
  /**
   * Revision of the document that runs here, 0..2^53; 0 before the first.
   */
  'revision': (number);
  /**
   * The worst of the follow states towards all peers.
   */
  'sync': (_tandem_v1_FollowState__Output);
  /**
   * Connections in the table, 0..capacity.
   */
  'connections': (number);
  /**
   * Connections that fit into the table, 0..2^32-1.
   */
  'capacity': (number);
  /**
   * Every interface has its program and the forwarder answers.
   */
  'forwarding': (boolean);
  /**
   * Replication lag over all peers' streams; absent without samples.
   */
  'lag'?: (_tandem_v1_Lag__Output | null);
  /**
   * The other nodes of the cluster, as this one sees them.
   */
  'peers': (_tandem_v1_PeerStatus__Output)[];
  /**
   * The way to the NATS servers.
   */
  'nats': (_tandem_v1_Messaging__Output);
  /**
   * The operator took the node out of service: it takes the active role only if nobody else can.
   */
  'maintenance': (boolean);
  /**
   * Virtual addresses of all services, canonical text.
   */
  'virtualAddresses': (string)[];
  /**
   * What an operator should act on, one sentence each; empty: all is well.
   */
  'alarms': (string)[];
  /**
   * Packets by reason, 0..2^53 each, since the instance was created. Keys: packages/engine/src/core/verdict.ts.
   */
  'packets': ({[key: string]: number});
}
