// Original file: tandem/v1/node.proto

import type { FollowState as _tandem_v1_FollowState, FollowState__Output as _tandem_v1_FollowState__Output } from '../../tandem/v1/FollowState.ts';
import type { Role as _tandem_v1_Role, Role__Output as _tandem_v1_Role__Output } from '../../tandem/v1/Role.ts';
import type { Long } from '@grpc/proto-loader';

export interface PeerStatus {
  /**
   * Name of the peer.
   */
  'node'?: (string);
  /**
   * How this node follows it.
   */
  'state'?: (_tandem_v1_FollowState);
  /**
   * The role that the peer announced last.
   */
  'role'?: (_tandem_v1_Role);
  /**
   * Revision of the document that it runs, 0..2^53.
   */
  'revision'?: (number | string | Long);
  /**
   * Connections that it owns, 0..2^32-1.
   */
  'connections'?: (number | string | Long);
  /**
   * Connections of this peer that we hold, 0..2^32-1.
   */
  'held'?: (number | string | Long);
  /**
   * Latest replication lag of its stream, milliseconds, 0 and up; absent without samples.
   */
  'lagMs'?: (number | string);
  /**
   * Time since its last sign of life, milliseconds, 0 and up.
   */
  'lastSeenMsAgo'?: (number | string | Long);
  /**
   * Changes of this node's own connections that the peer has not confirmed yet, 0..2^53; absent while it does not follow this node.
   */
  'unconfirmed'?: (number | string | Long);
  /**
   * Time since what is held here was last compared with the peer's digest of its table, milliseconds, 0 and up; absent: never.
   */
  'comparedMsAgo'?: (number | string);
  /**
   * Parts of the table that differed then, and were asked for again, 0..65535.
   */
  'differing'?: (number);
  /**
   * The peer's operator took it out of service.
   */
  'maintenance'?: (boolean);
  '_lagMs'?: "lagMs";
  '_unconfirmed'?: "unconfirmed";
  '_comparedMsAgo'?: "comparedMsAgo";
}

export interface PeerStatus__Output {
  /**
   * Name of the peer.
   */
  'node': (string);
  /**
   * How this node follows it.
   */
  'state': (_tandem_v1_FollowState__Output);
  /**
   * The role that the peer announced last.
   */
  'role': (_tandem_v1_Role__Output);
  /**
   * Revision of the document that it runs, 0..2^53.
   */
  'revision': (number);
  /**
   * Connections that it owns, 0..2^32-1.
   */
  'connections': (number);
  /**
   * Connections of this peer that we hold, 0..2^32-1.
   */
  'held': (number);
  /**
   * Latest replication lag of its stream, milliseconds, 0 and up; absent without samples.
   */
  'lagMs'?: (number);
  /**
   * Time since its last sign of life, milliseconds, 0 and up.
   */
  'lastSeenMsAgo': (number);
  /**
   * Changes of this node's own connections that the peer has not confirmed yet, 0..2^53; absent while it does not follow this node.
   */
  'unconfirmed'?: (number);
  /**
   * Time since what is held here was last compared with the peer's digest of its table, milliseconds, 0 and up; absent: never.
   */
  'comparedMsAgo'?: (number);
  /**
   * Parts of the table that differed then, and were asked for again, 0..65535.
   */
  'differing': (number);
  /**
   * The peer's operator took it out of service.
   */
  'maintenance': (boolean);
}
