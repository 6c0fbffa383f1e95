// Original file: tandem/v1/node.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Totals since the service or destination was created here, or per second; 0..2^53 each.
 */
export interface Traffic {
  /**
   * Connections made.
   */
  'connections'?: (number | string | Long);
  /**
   * Packets from clients.
   */
  'inPackets'?: (number | string | Long);
  /**
   * Bytes from clients, IP headers included.
   */
  'inBytes'?: (number | string | Long);
  /**
   * Packets to clients; 0 with direct routing, whose replies do not come by here.
   */
  'outPackets'?: (number | string | Long);
  /**
   * Bytes to clients, IP headers included.
   */
  'outBytes'?: (number | string | Long);
}

/**
 * Totals since the service or destination was created here, or per second; 0..2^53 each.
 */
export interface Traffic__Output {
  /**
   * Connections made.
   */
  'connections': (number);
  /**
   * Packets from clients.
   */
  'inPackets': (number);
  /**
   * Bytes from clients, IP headers included.
   */
  'inBytes': (number);
  /**
   * Packets to clients; 0 with direct routing, whose replies do not come by here.
   */
  'outPackets': (number);
  /**
   * Bytes to clients, IP headers included.
   */
  'outBytes': (number);
}
