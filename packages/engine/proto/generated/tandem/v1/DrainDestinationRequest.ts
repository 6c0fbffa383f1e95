// Original file: tandem/v1/node.proto


export interface DrainDestinationRequest {
  /**
   * address or address:port of the real server.
   */
  'destination'?: (string);
  /**
   * Only in this service, such as "tcp 192.0.2.1:80" or "mark 7 ipv4"; absent: in every one that has it.
   */
  'service'?: (string);
  /**
   * Bring it back instead.
   */
  'undo'?: (boolean);
  /**
   * Who asks, for the history: 1..256 characters.
   */
  'author'?: (string);
  '_service'?: "service";
}

export interface DrainDestinationRequest__Output {
  /**
   * address or address:port of the real server.
   */
  'destination': (string);
  /**
   * Only in this service, such as "tcp 192.0.2.1:80" or "mark 7 ipv4"; absent: in every one that has it.
   */
  'service'?: (string);
  /**
   * Bring it back instead.
   */
  'undo': (boolean);
  /**
   * Who asks, for the history: 1..256 characters.
   */
  'author': (string);
}
