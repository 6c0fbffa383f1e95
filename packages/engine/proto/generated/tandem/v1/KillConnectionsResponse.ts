// Original file: tandem/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface KillConnectionsResponse {
  /**
   * Connections ended, 0..2^32-1.
   */
  'killed'?: (number | string | Long);
}

export interface KillConnectionsResponse__Output {
  /**
   * Connections ended, 0..2^32-1.
   */
  'killed': (number);
}
