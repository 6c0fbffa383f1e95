// Original file: tandem/v1/node.proto


/**
 * Time from a change at its owner to the change applied here.
 */
export interface Lag {
  /**
   * Median, milliseconds, 0 and up.
   */
  'p50Ms'?: (number | string);
  /**
   * 99th percentile, milliseconds, 0 and up.
   */
  'p99Ms'?: (number | string);
}

/**
 * Time from a change at its owner to the change applied here.
 */
export interface Lag__Output {
  /**
   * Median, milliseconds, 0 and up.
   */
  'p50Ms': (number);
  /**
   * 99th percentile, milliseconds, 0 and up.
   */
  'p99Ms': (number);
}
