// Original file: tandem/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface GetDocumentRequest {
  /**
   * 1..2^53; absent: the one that runs.
   */
  'revision'?: (number | string | Long);
  '_revision'?: "revision";
}

export interface GetDocumentRequest__Output {
  /**
   * 1..2^53; absent: the one that runs.
   */
  'revision'?: (number);
}
