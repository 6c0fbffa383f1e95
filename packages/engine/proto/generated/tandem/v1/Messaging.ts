// Original file: tandem/v1/node.proto

export const Messaging = {
  MESSAGING_UNSPECIFIED: 'MESSAGING_UNSPECIFIED',
  /**
   * No NATS server is configured.
   */
  MESSAGING_OFF: 'MESSAGING_OFF',
  MESSAGING_CONNECTED: 'MESSAGING_CONNECTED',
  MESSAGING_DISCONNECTED: 'MESSAGING_DISCONNECTED',
} as const;

export type Messaging =
  | 'MESSAGING_UNSPECIFIED'
  | 0
  /**
   * No NATS server is configured.
   */
  | 'MESSAGING_OFF'
  | 1
  | 'MESSAGING_CONNECTED'
  | 2
  | 'MESSAGING_DISCONNECTED'
  | 3

export type Messaging__Output = typeof Messaging[keyof typeof Messaging]
