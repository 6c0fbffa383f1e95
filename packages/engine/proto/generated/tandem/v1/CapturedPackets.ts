// Original file: tandem/v1/node.proto

import type { CapturedPacket as _tandem_v1_CapturedPacket, CapturedPacket__Output as _tandem_v1_CapturedPacket__Output } from '../../tandem/v1/CapturedPacket.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Some packets, in the order in which they were decided on.
 */
export interface CapturedPackets {
  /**
   * In order; may be none.
   */
  'packets'?: (_tandem_v1_CapturedPacket)[];
  /**
   * Packets that are missing before these, 0..2^53: they came faster than they were taken.
   */
  'lost'?: (number | string | Long);
}

/**
 * Some packets, in the order in which they were decided on.
 */
export interface CapturedPackets__Output {
  /**
   * In order; may be none.
   */
  'packets': (_tandem_v1_CapturedPacket__Output)[];
  /**
   * Packets that are missing before these, 0..2^53: they came faster than they were taken.
   */
  'lost': (number);
}
