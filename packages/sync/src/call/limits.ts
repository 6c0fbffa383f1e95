/** Every interval and bound of calls between nodes, with its reason. */
export const CALL_LIMITS = {
  /** A life sign, and what is not confirmed again. */
  tickMs: 250,
  /** A node that says nothing for so long does not answer: as long as a joining node waits for its peers. */
  silenceMs: 3000,
  /** A hail that nothing came after for so long makes room for another, if there is none: by then its caller has answered the welcome. */
  patienceMs: 500,
  /** A part with all around it is far below the 1 MiB that NATS takes. */
  partBytes: 64 * 1024,
  /** Parts that may be on their way, each way of a call: 1 MiB. */
  window: 16,
  /** As much as the API takes in one message. */
  maxMessageBytes: 32 * 1024 * 1024,
  /** Calls made and not ended. */
  maxMade: 256,
  /** Calls answered and not ended. */
  maxServed: 64,
} as const;

/** Their values, as a node runs with them. */
export type CallLimits = { readonly [K in keyof typeof CALL_LIMITS]: number };
