// Original file: tandem/v1/node.proto

export const Messaging = {
  /**
   * Never sent.
   */
  MESSAGING_UNSPECIFIED: 'MESSAGING_UNSPECIFIED',
  /**
   * No NATS server is configured.
   */
  MESSAGING_OFF: 'MESSAGING_OFF',
  /**
   * To one of its servers.
   */
  MESSAGING_CONNECTED: 'MESSAGING_CONNECTED',
  /**
   * None of them answers.
   */
  MESSAGING_DISCONNECTED: 'MESSAGING_DISCONNECTED',
} as const;

export type Messaging =
  /**
   * Never sent.
   */
  | 'MESSAGING_UNSPECIFIED'
  | 0
  /**
   * No NATS server is configured.
   */
  | 'MESSAGING_OFF'
  | 1
  /**
   * To one of its servers.
   */
  | 'MESSAGING_CONNECTED'
  | 2
  /**
   * None of them answers.
   */
  | 'MESSAGING_DISCONNECTED'
  | 3

export type Messaging__Output = typeof Messaging[keyof typeof Messaging]
