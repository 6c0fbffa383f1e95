// Original file: tandem/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface ApplyDocumentResponse {
  /**
   * Revision of the document now, 0..2^53.
   */
  'revision'?: (number | string | Long);
  /**
   * False if the document said the same already.
   */
  'changed'?: (boolean);
}

export interface ApplyDocumentResponse__Output {
  /**
   * Revision of the document now, 0..2^53.
   */
  'revision': (number);
  /**
   * False if the document said the same already.
   */
  'changed': (boolean);
}
