// Original file: tandem/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface RollBackRequest {
  /**
   * The revision to go back to, 1..2^53.
   */
  'revision'?: (number | string | Long);
  /**
   * Only if the document is at this revision, 0..2^53; absent: whatever it is at.
   */
  'expectedRevision'?: (number | string | Long);
  /**
   * Who asks, for the history: 1..256 characters.
   */
  'author'?: (string);
  /**
   * Why, for the history: 0..256 characters; empty: it says which revision it went back to.
   */
  'reason'?: (string);
  '_expectedRevision'?: "expectedRevision";
}

export interface RollBackRequest__Output {
  /**
   * The revision to go back to, 1..2^53.
   */
  'revision': (number);
  /**
   * Only if the document is at this revision, 0..2^53; absent: whatever it is at.
   */
  'expectedRevision'?: (number);
  /**
   * Who asks, for the history: 1..256 characters.
   */
  'author': (string);
  /**
   * Why, for the history: 0..256 characters; empty: it says which revision it went back to.
   */
  'reason': (string);
}
