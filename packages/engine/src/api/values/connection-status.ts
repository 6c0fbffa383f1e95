/** Connections: one as it is told, which to tell, which to end. */

/** One connection; endpoints are `address:port`. */
export interface ConnectionStatus {
  protocol: string;
  state: string;
  client: string;
  virtual: string;
  destination: string;
  method: string;
  /** Full NAT: what the connection to the destination comes from. */
  local?: string;
  /** Seconds until it expires if no packet comes. */
  expiresInSeconds: number;
  /** Seconds since its last packet; of a template since its last connection began. */
  idleSeconds: number;
  /** This node, or the peer that owns it. */
  owner: string;
  /** A persistence template: no connection, but what sends its client's next one to the same destination. */
  template: boolean;
  /** Firewall mark of its service; 0 none. */
  mark: number;
  /** Its client's packets are dropped: the destination is gone and may return. */
  held: boolean;
  /** Of a template of the persistence engine sip: the Call-ID that its client is known by. */
  callId?: string;
  /** The template or control connection that it hangs on: `client -> virtual`. */
  controller?: string;
  inPackets: number;
  inBytes: number;
  outPackets: number;
  outBytes: number;
}

/** Which connections to list; nothing given: all. */
export interface ConnectionFilter {
  /** Only this service (`tcp 192.0.2.1:80`, `mark 7 ipv4`), client or destination (address, or address:port), where given. */
  service?: string;
  client?: string;
  destination?: string;
  limit?: number;
  /** Only in one of these states; empty: in any. */
  states?: readonly string[];
  /** Only without a packet for at least so long. */
  minIdleSeconds?: number;
  /** Only with a packet within so long. */
  maxIdleSeconds?: number;
  /** Only owned by this node. */
  owner?: string;
}

/** Which connections to end, and how. */
export interface KillRequest {
  /** At least one of service, client and destination is given. */
  filter: ConnectionFilter;
  /** Tell both ends. */
  reset: boolean;
  dryRun: boolean;
  author: string;
}
