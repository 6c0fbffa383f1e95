// Original file: tandem/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface Revision {
  /**
   * 1..2^53.
   */
  'revision'?: (number | string | Long);
  /**
   * Who made it.
   */
  'author'?: (string);
  /**
   * Milliseconds since 1970-01-01 UTC by its author's node, 0..2^53. For people: nothing is decided by it.
   */
  'timeMs'?: (number | string | Long);
  /**
   * SHA-256 of the document, 64 hexadecimal digits.
   */
  'hash'?: (string);
  /**
   * This node runs it.
   */
  'running'?: (boolean);
  /**
   * Why it was made, in its author's words; may be empty.
   */
  'reason'?: (string);
  /**
   * What it changed, in a few words; may be empty.
   */
  'summary'?: (string);
}

export interface Revision__Output {
  /**
   * 1..2^53.
   */
  'revision': (number);
  /**
   * Who made it.
   */
  'author': (string);
  /**
   * Milliseconds since 1970-01-01 UTC by its author's node, 0..2^53. For people: nothing is decided by it.
   */
  'timeMs': (number);
  /**
   * SHA-256 of the document, 64 hexadecimal digits.
   */
  'hash': (string);
  /**
   * This node runs it.
   */
  'running': (boolean);
  /**
   * Why it was made, in its author's words; may be empty.
   */
  'reason': (string);
  /**
   * What it changed, in a few words; may be empty.
   */
  'summary': (string);
}
