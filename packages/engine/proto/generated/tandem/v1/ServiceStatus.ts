// Original file: tandem/v1/node.proto

import type { Traffic as _tandem_v1_Traffic, Traffic__Output as _tandem_v1_Traffic__Output } from '../../tandem/v1/Traffic.ts';
import type { DestinationStatus as _tandem_v1_DestinationStatus, DestinationStatus__Output as _tandem_v1_DestinationStatus__Output } from '../../tandem/v1/DestinationStatus.ts';

export interface ServiceStatus {
  /**
   * Id in the document, 1..2^31-1.
   */
  'id'?: (number);
  /**
   * "tcp" or "udp".
   */
  'protocol'?: (string);
  /**
   * Virtual address, canonical text.
   */
  'address'?: (string);
  /**
   * Virtual port, 1..65535.
   */
  'port'?: (number);
  /**
   * Name of the scheduler, such as "wlc".
   */
  'scheduler'?: (string);
  'traffic'?: (_tandem_v1_Traffic | null);
  'destinations'?: (_tandem_v1_DestinationStatus)[];
}

export interface ServiceStatus__Output {
  /**
   * Id in the document, 1..2^31-1.
   */
  'id': (number);
  /**
   * "tcp" or "udp".
   */
  'protocol': (string);
  /**
   * Virtual address, canonical text.
   */
  'address': (string);
  /**
   * Virtual port, 1..65535.
   */
  'port': (number);
  /**
   * Name of the scheduler, such as "wlc".
   */
  'scheduler': (string);
  'traffic': (_tandem_v1_Traffic__Output | null);
  'destinations': (_tandem_v1_DestinationStatus__Output)[];
}
