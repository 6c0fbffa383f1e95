// Original file: tandem/v1/node.proto


/**
 * Healthy when the answer to a GET has one of the status codes.
 */
export interface HttpCheck {
  /**
   * Begins with "/"; default "/".
   */
  'path'?: (string);
  /**
   * Host header; default: the destination's address and port.
   */
  'host'?: (string);
  /**
   * 100..599; none given: 200.
   */
  'status'?: (number)[];
  '_path'?: "path";
  '_host'?: "host";
}

/**
 * Healthy when the answer to a GET has one of the status codes.
 */
export interface HttpCheck__Output {
  /**
   * Begins with "/"; default "/".
   */
  'path'?: (string);
  /**
   * Host header; default: the destination's address and port.
   */
  'host'?: (string);
  /**
   * 100..599; none given: 200.
   */
  'status': (number)[];
}
