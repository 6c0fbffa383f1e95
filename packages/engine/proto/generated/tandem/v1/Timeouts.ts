// Original file: tandem/v1/node.proto


/**
 * Seconds by name of the state, such as "established".
 */
export interface Timeouts {
  /**
   * TCP, by state. "none", "established", "synSent", "synRecv", "finWait", "timeWait", "close", "closeWait", "lastAck", "listen", "synAck":
   * 1 to 2678400.
   */
  'tcp'?: ({[key: string]: number | string});
  /**
   * UDP, by state. "none", "single", "lasting": 1 to 2678400.
   */
  'udp'?: ({[key: string]: number | string});
  /**
   * SCTP, by state. "none", "init1", "init", "cookieSent", "cookieReplied", "cookieWait", "cookie", "cookieEchoed", "established",
   * "shutdownSent", "shutdownReceived", "shutdownAckSent", "rejected", "closed": 1 to 2678400.
   */
  'sctp'?: ({[key: string]: number | string});
}

/**
 * Seconds by name of the state, such as "established".
 */
export interface Timeouts__Output {
  /**
   * TCP, by state. "none", "established", "synSent", "synRecv", "finWait", "timeWait", "close", "closeWait", "lastAck", "listen", "synAck":
   * 1 to 2678400.
   */
  'tcp': ({[key: string]: number});
  /**
   * UDP, by state. "none", "single", "lasting": 1 to 2678400.
   */
  'udp': ({[key: string]: number});
  /**
   * SCTP, by state. "none", "init1", "init", "cookieSent", "cookieReplied", "cookieWait", "cookie", "cookieEchoed", "established",
   * "shutdownSent", "shutdownReceived", "shutdownAckSent", "rejected", "closed": 1 to 2678400.
   */
  'sctp': ({[key: string]: number});
}
