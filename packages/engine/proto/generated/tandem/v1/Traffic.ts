// Original file: tandem/v1/node.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Totals since the service or destination was created here, or per second.
 */
export interface Traffic {
  /**
   * Connections made, 0..2^53.
   */
  'connections'?: (number | string | Long);
  /**
   * Packets from clients, 0..2^53.
   */
  'inPackets'?: (number | string | Long);
  /**
   * Bytes from clients, IP headers included, 0..2^53.
   */
  'inBytes'?: (number | string | Long);
  /**
   * Packets to clients, 0..2^53; 0 with direct routing, whose replies do not come by here.
   */
  'outPackets'?: (number | string | Long);
  /**
   * Bytes to clients, IP headers included, 0..2^53.
   */
  'outBytes'?: (number | string | Long);
}

/**
 * Totals since the service or destination was created here, or per second.
 */
export interface Traffic__Output {
  /**
   * Connections made, 0..2^53.
   */
  'connections': (number);
  /**
   * Packets from clients, 0..2^53.
   */
  'inPackets': (number);
  /**
   * Bytes from clients, IP headers included, 0..2^53.
   */
  'inBytes': (number);
  /**
   * Packets to clients, 0..2^53; 0 with direct routing, whose replies do not come by here.
   */
  'outPackets': (number);
  /**
   * Bytes to clients, IP headers included, 0..2^53.
   */
  'outBytes': (number);
}
