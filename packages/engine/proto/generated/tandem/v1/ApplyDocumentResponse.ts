// Original file: tandem/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface ApplyDocumentResponse {
  /**
   * Revision of the document now, 0..2^53.
   */
  'revision'?: (number | string | Long);
  /**
   * False if the document said the same already. Of a dry run: whether it would be another.
   */
  'changed'?: (boolean);
  /**
   * What the operator should know about the document on this node, one sentence each.
   */
  'warnings'?: (string)[];
}

export interface ApplyDocumentResponse__Output {
  /**
   * Revision of the document now, 0..2^53.
   */
  'revision': (number);
  /**
   * False if the document said the same already. Of a dry run: whether it would be another.
   */
  'changed': (boolean);
  /**
   * What the operator should know about the document on this node, one sentence each.
   */
  'warnings': (string)[];
}
