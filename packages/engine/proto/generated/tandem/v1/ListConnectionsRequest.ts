// Original file: tandem/v1/node.proto


/**
 * An absent field asks for everything.
 */
export interface ListConnectionsRequest {
  /**
   * Only this service, such as "tcp 192.0.2.1:80" or "mark 7 ipv4".
   */
  'service'?: (string);
  /**
   * Only this client: address or address:port.
   */
  'client'?: (string);
  /**
   * Only this destination: address or address:port.
   */
  'destination'?: (string);
  /**
   * At most so many connections, 1..2^32-1.
   */
  'limit'?: (number);
  /**
   * Only in one of these states, such as "ESTABLISHED"; empty: in any.
   */
  'states'?: (string)[];
  /**
   * Only without a packet for at least so long, seconds, 0 and up.
   */
  'minIdleSeconds'?: (number | string);
  /**
   * Only with a packet within so long, seconds, 0 and up.
   */
  'maxIdleSeconds'?: (number | string);
  /**
   * Only owned by this node.
   */
  'owner'?: (string);
  '_service'?: "service";
  '_client'?: "client";
  '_destination'?: "destination";
  '_limit'?: "limit";
  '_minIdleSeconds'?: "minIdleSeconds";
  '_maxIdleSeconds'?: "maxIdleSeconds";
  '_owner'?: "owner";
}

/**
 * An absent field asks for everything.
 */
export interface ListConnectionsRequest__Output {
  /**
   * Only this service, such as "tcp 192.0.2.1:80" or "mark 7 ipv4".
   */
  'service'?: (string);
  /**
   * Only this client: address or address:port.
   */
  'client'?: (string);
  /**
   * Only this destination: address or address:port.
   */
  'destination'?: (string);
  /**
   * At most so many connections, 1..2^32-1.
   */
  'limit'?: (number);
  /**
   * Only in one of these states, such as "ESTABLISHED"; empty: in any.
   */
  'states': (string)[];
  /**
   * Only without a packet for at least so long, seconds, 0 and up.
   */
  'minIdleSeconds'?: (number);
  /**
   * Only with a packet within so long, seconds, 0 and up.
   */
  'maxIdleSeconds'?: (number);
  /**
   * Only owned by this node.
   */
  'owner'?: (string);
}
