// Original file: tandem/v1/node.proto


export interface CapturedPacket {
  /**
   * Milliseconds since 1970-01-01 UTC, with fractions.
   */
  'timeMs'?: (number | string);
  /**
   * Interface that it came in by.
   */
  'interface'?: (string);
  /**
   * "pass", "forward", "drop" or "upcall".
   */
  'verdict'?: (string);
  /**
   * Key of packages/engine/src/core/verdict.ts.
   */
  'reason'?: (string);
  /**
   * Length from the IP header on, bytes, 20..65575.
   */
  'length'?: (number);
  /**
   * The first bytes from the IP header on, as they came in.
   */
  'data'?: (Buffer | Uint8Array | string);
}

export interface CapturedPacket__Output {
  /**
   * Milliseconds since 1970-01-01 UTC, with fractions.
   */
  'timeMs': (number);
  /**
   * Interface that it came in by.
   */
  'interface': (string);
  /**
   * "pass", "forward", "drop" or "upcall".
   */
  'verdict': (string);
  /**
   * Key of packages/engine/src/core/verdict.ts.
   */
  'reason': (string);
  /**
   * Length from the IP header on, bytes, 20..65575.
   */
  'length': (number);
  /**
   * The first bytes from the IP header on, as they came in.
   */
  'data': (Buffer);
}
