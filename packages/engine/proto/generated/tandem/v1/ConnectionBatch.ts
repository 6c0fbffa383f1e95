// Original file: tandem/v1/node.proto

import type { ConnectionStatus as _tandem_v1_ConnectionStatus, ConnectionStatus__Output as _tandem_v1_ConnectionStatus__Output } from '../../tandem/v1/ConnectionStatus.ts';

export interface ConnectionBatch {
  /**
   * 1 to 256 connections.
   */
  'connections'?: (_tandem_v1_ConnectionStatus)[];
}

export interface ConnectionBatch__Output {
  /**
   * 1 to 256 connections.
   */
  'connections': (_tandem_v1_ConnectionStatus__Output)[];
}
