// Original file: tandem/v1/node.proto

export const Health = {
  HEALTH_UNSPECIFIED: 'HEALTH_UNSPECIFIED',
  HEALTH_UP: 'HEALTH_UP',
  HEALTH_DOWN: 'HEALTH_DOWN',
  /**
   * The service has no check: counts as up.
   */
  HEALTH_UNCHECKED: 'HEALTH_UNCHECKED',
} as const;

export type Health =
  | 'HEALTH_UNSPECIFIED'
  | 0
  | 'HEALTH_UP'
  | 1
  | 'HEALTH_DOWN'
  | 2
  /**
   * The service has no check: counts as up.
   */
  | 'HEALTH_UNCHECKED'
  | 3

export type Health__Output = typeof Health[keyof typeof Health]
