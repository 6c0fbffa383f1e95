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
  '_service'?: "service";
  '_client'?: "client";
  '_destination'?: "destination";
  '_limit'?: "limit";
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
}
