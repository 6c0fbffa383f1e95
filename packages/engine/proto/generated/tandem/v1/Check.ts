// Original file: tandem/v1/node.proto


export interface Check {
  /**
   * "tcp": Up if it accepts a connection. "http": Up if it answers a GET as wanted.
   */
  'type'?: (string);
  /**
   * Seconds between two checks of one destination. 0.1 to 3600; 2 if absent.
   */
  'interval'?: (number | string);
  /**
   * Seconds after which an unanswered check has failed. 0.05 to 300; 1 if absent.
   */
  'timeout'?: (number | string);
  /**
   * Good results in a row that bring a destination up. 1 to 100; 2 if absent.
   */
  'rise'?: (number);
  /**
   * Bad results in a row that take a destination down. 1 to 100; 3 if absent.
   */
  'fall'?: (number);
  /**
   * Port to check; the destination's own port if absent. 1 to 65535.
   */
  'port'?: (number);
  /**
   * Path to ask for. "/" if absent.
   */
  'path'?: (string);
  /**
   * Host header to send; the checked address and port if absent.
   */
  'host'?: (string);
  /**
   * Status codes that mean healthy. [200] if absent.
   */
  'status'?: (number)[];
  '_interval'?: "interval";
  '_timeout'?: "timeout";
  '_rise'?: "rise";
  '_fall'?: "fall";
  '_port'?: "port";
  '_path'?: "path";
  '_host'?: "host";
}

export interface Check__Output {
  /**
   * "tcp": Up if it accepts a connection. "http": Up if it answers a GET as wanted.
   */
  'type': (string);
  /**
   * Seconds between two checks of one destination. 0.1 to 3600; 2 if absent.
   */
  'interval'?: (number);
  /**
   * Seconds after which an unanswered check has failed. 0.05 to 300; 1 if absent.
   */
  'timeout'?: (number);
  /**
   * Good results in a row that bring a destination up. 1 to 100; 2 if absent.
   */
  'rise'?: (number);
  /**
   * Bad results in a row that take a destination down. 1 to 100; 3 if absent.
   */
  'fall'?: (number);
  /**
   * Port to check; the destination's own port if absent. 1 to 65535.
   */
  'port'?: (number);
  /**
   * Path to ask for. "/" if absent.
   */
  'path'?: (string);
  /**
   * Host header to send; the checked address and port if absent.
   */
  'host'?: (string);
  /**
   * Status codes that mean healthy. [200] if absent.
   */
  'status': (number)[];
}
