// Original file: tandem/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface Candidate {
  /**
   * address:port of the real server.
   */
  'destination'?: (string);
  /**
   * Effective weight, 0..2^31-1.
   */
  'weight'?: (number);
  /**
   * Established connections, 0..2^32-1.
   */
  'active'?: (number | string | Long);
  /**
   * Connections in any other state, 0..2^32-1.
   */
  'inactive'?: (number | string | Long);
  /**
   * As in DestinationStatus.
   */
  'overloaded'?: (boolean);
  /**
   * May be picked.
   */
  'usable'?: (boolean);
}

export interface Candidate__Output {
  /**
   * address:port of the real server.
   */
  'destination': (string);
  /**
   * Effective weight, 0..2^31-1.
   */
  'weight': (number);
  /**
   * Established connections, 0..2^32-1.
   */
  'active': (number);
  /**
   * Connections in any other state, 0..2^32-1.
   */
  'inactive': (number);
  /**
   * As in DestinationStatus.
   */
  'overloaded': (boolean);
  /**
   * May be picked.
   */
  'usable': (boolean);
}
