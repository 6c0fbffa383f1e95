// Original file: tandem/v1/node.proto


export interface RunIpvsadmResponse {
  /**
   * Exit status, 0..255.
   */
  'exitCode'?: (number);
  /**
   * Standard output.
   */
  'output'?: (string);
  /**
   * Standard error.
   */
  'errors'?: (string);
}

export interface RunIpvsadmResponse__Output {
  /**
   * Exit status, 0..255.
   */
  'exitCode': (number);
  /**
   * Standard output.
   */
  'output': (string);
  /**
   * Standard error.
   */
  'errors': (string);
}
