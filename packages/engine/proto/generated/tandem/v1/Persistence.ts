// Original file: tandem/v1/node.proto


export interface Persistence {
  /**
   * Seconds without a new connection after which a client may be sent elsewhere. 1 to 2678400; 360 if absent.
   */
  'timeout'?: (number);
  /**
   * Leading bits of the client's address that count: clients of one prefix stay together. 1 to 128.
   */
  'prefix'?: (number);
  /**
   * Clients are told apart by what they say: sip by Call-ID (UDP only). One of "sip".
   */
  'engine'?: (string);
  /**
   * IPv4, instead of a prefix: bits of the client's address that count, whichever they are.
   */
  'mask'?: (string);
  '_timeout'?: "timeout";
  '_prefix'?: "prefix";
  '_engine'?: "engine";
  '_mask'?: "mask";
}

export interface Persistence__Output {
  /**
   * Seconds without a new connection after which a client may be sent elsewhere. 1 to 2678400; 360 if absent.
   */
  'timeout'?: (number);
  /**
   * Leading bits of the client's address that count: clients of one prefix stay together. 1 to 128.
   */
  'prefix'?: (number);
  /**
   * Clients are told apart by what they say: sip by Call-ID (UDP only). One of "sip".
   */
  'engine'?: (string);
  /**
   * IPv4, instead of a prefix: bits of the client's address that count, whichever they are.
   */
  'mask'?: (string);
}
