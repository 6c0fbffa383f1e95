// Original file: tandem/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface DrainDestinationResponse {
  /**
   * Revision of the document now, 0..2^53.
   */
  'revision'?: (number | string | Long);
  /**
   * What was changed, such as "tcp 192.0.2.1:80 -> 10.0.0.1:8080".
   */
  'destinations'?: (string)[];
}

export interface DrainDestinationResponse__Output {
  /**
   * Revision of the document now, 0..2^53.
   */
  'revision': (number);
  /**
   * What was changed, such as "tcp 192.0.2.1:80 -> 10.0.0.1:8080".
   */
  'destinations': (string)[];
}
