// Original file: tandem/v1/node.proto

/**
 * How one node follows another's stream of connection changes.
 */
export const FollowState = {
  /**
   * Never sent.
   */
  FOLLOW_STATE_UNSPECIFIED: 'FOLLOW_STATE_UNSPECIFIED',
  /**
   * There is no cluster.
   */
  FOLLOW_STATE_OFF: 'FOLLOW_STATE_OFF',
  /**
   * No peer answers, or the messaging is away.
   */
  FOLLOW_STATE_ALONE: 'FOLLOW_STATE_ALONE',
  /**
   * Asked for a snapshot.
   */
  FOLLOW_STATE_JOINING: 'FOLLOW_STATE_JOINING',
  /**
   * Receiving the snapshot.
   */
  FOLLOW_STATE_LOADING: 'FOLLOW_STATE_LOADING',
  /**
   * Holds what the peer holds.
   */
  FOLLOW_STATE_LIVE: 'FOLLOW_STATE_LIVE',
  /**
   * Missed something and asked for it.
   */
  FOLLOW_STATE_REPAIRING: 'FOLLOW_STATE_REPAIRING',
  /**
   * This peer was there and does not answer. Of a peer only, never of the node itself.
   */
  FOLLOW_STATE_LOST: 'FOLLOW_STATE_LOST',
} as const;

/**
 * How one node follows another's stream of connection changes.
 */
export type FollowState =
  /**
   * Never sent.
   */
  | 'FOLLOW_STATE_UNSPECIFIED'
  | 0
  /**
   * There is no cluster.
   */
  | 'FOLLOW_STATE_OFF'
  | 1
  /**
   * No peer answers, or the messaging is away.
   */
  | 'FOLLOW_STATE_ALONE'
  | 2
  /**
   * Asked for a snapshot.
   */
  | 'FOLLOW_STATE_JOINING'
  | 3
  /**
   * Receiving the snapshot.
   */
  | 'FOLLOW_STATE_LOADING'
  | 4
  /**
   * Holds what the peer holds.
   */
  | 'FOLLOW_STATE_LIVE'
  | 5
  /**
   * Missed something and asked for it.
   */
  | 'FOLLOW_STATE_REPAIRING'
  | 6
  /**
   * This peer was there and does not answer. Of a peer only, never of the node itself.
   */
  | 'FOLLOW_STATE_LOST'
  | 7

/**
 * How one node follows another's stream of connection changes.
 */
export type FollowState__Output = typeof FollowState[keyof typeof FollowState]
