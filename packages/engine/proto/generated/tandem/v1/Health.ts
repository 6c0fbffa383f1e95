// Original file: tandem/v1/node.proto

export const Health = {
  /**
   * Never sent.
   */
  HEALTH_UNSPECIFIED: 'HEALTH_UNSPECIFIED',
  /**
   * Its checks succeed.
   */
  HEALTH_UP: 'HEALTH_UP',
  /**
   * Its checks fail.
   */
  HEALTH_DOWN: 'HEALTH_DOWN',
  /**
   * The service has no check: counts as up.
   */
  HEALTH_UNCHECKED: 'HEALTH_UNCHECKED',
} as const;

export type Health =
  /**
   * Never sent.
   */
  | 'HEALTH_UNSPECIFIED'
  | 0
  /**
   * Its checks succeed.
   */
  | 'HEALTH_UP'
  | 1
  /**
   * Its checks fail.
   */
  | 'HEALTH_DOWN'
  | 2
  /**
   * The service has no check: counts as up.
   */
  | 'HEALTH_UNCHECKED'
  | 3

export type Health__Output = typeof Health[keyof typeof Health]
