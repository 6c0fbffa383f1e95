// Original file: tandem/v1/node.proto

export const Role = {
  /**
   * Never sent.
   */
  ROLE_UNSPECIFIED: 'ROLE_UNSPECIFIED',
  /**
   * Owns the virtual addresses.
   */
  ROLE_ACTIVE: 'ROLE_ACTIVE',
  /**
   * Ready or getting ready to take them.
   */
  ROLE_STANDBY: 'ROLE_STANDBY',
  /**
   * Cannot forward.
   */
  ROLE_FAULT: 'ROLE_FAULT',
  /**
   * Runs without a cluster.
   */
  ROLE_STANDALONE: 'ROLE_STANDALONE',
} as const;

export type Role =
  /**
   * Never sent.
   */
  | 'ROLE_UNSPECIFIED'
  | 0
  /**
   * Owns the virtual addresses.
   */
  | 'ROLE_ACTIVE'
  | 1
  /**
   * Ready or getting ready to take them.
   */
  | 'ROLE_STANDBY'
  | 2
  /**
   * Cannot forward.
   */
  | 'ROLE_FAULT'
  | 3
  /**
   * Runs without a cluster.
   */
  | 'ROLE_STANDALONE'
  | 4

export type Role__Output = typeof Role[keyof typeof Role]
