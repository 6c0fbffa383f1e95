// Original file: tandem/v1/node.proto

import type { Traffic as _tandem_v1_Traffic, Traffic__Output as _tandem_v1_Traffic__Output } from '../../tandem/v1/Traffic.ts';
import type { DestinationStatus as _tandem_v1_DestinationStatus, DestinationStatus__Output as _tandem_v1_DestinationStatus__Output } from '../../tandem/v1/DestinationStatus.ts';
import type { Persistence as _tandem_v1_Persistence, Persistence__Output as _tandem_v1_Persistence__Output } from '../../tandem/v1/Persistence.ts';

export interface ServiceStatus {
  /**
   * Id in the document, 1..2^31-1.
   */
  'id'?: (number);
  /**
   * "tcp", "udp", "sctp", or "any" of a firewall mark.
   */
  'protocol'?: (string);
  /**
   * Virtual address, canonical text; of a firewall mark "0.0.0.0" for IPv4 or "::" for IPv6.
   */
  'address'?: (string);
  /**
   * Virtual port, 0..65535; 0: every port.
   */
  'port'?: (number);
  /**
   * Name of the scheduler, such as "wlc".
   */
  'scheduler'?: (string);
  /**
   * Since it was created; also by destinations that are gone.
   */
  'traffic'?: (_tandem_v1_Traffic | null);
  /**
   * In document order; behind them those that are removed and still have connections.
   */
  'destinations'?: (_tandem_v1_DestinationStatus)[];
  /**
   * Firewall mark, 1..2^32-1; absent: found by protocol, address and port.
   */
  'mark'?: (number);
  /**
   * As in Service.
   */
  'schedulerFlags'?: (string)[];
  /**
   * As in Service; absent: none.
   */
  'persistence'?: (_tandem_v1_Persistence | null);
  /**
   * Every packet is scheduled by itself.
   */
  'onePacket'?: (boolean);
  /**
   * As in Service; absent: none.
   */
  'helper'?: (string);
  /**
   * Per second: every 2 s the average moves a quarter of the way to what these 2 s had.
   */
  'rates'?: (_tandem_v1_Traffic | null);
  '_mark'?: "mark";
  '_helper'?: "helper";
}

export interface ServiceStatus__Output {
  /**
   * Id in the document, 1..2^31-1.
   */
  'id': (number);
  /**
   * "tcp", "udp", "sctp", or "any" of a firewall mark.
   */
  'protocol': (string);
  /**
   * Virtual address, canonical text; of a firewall mark "0.0.0.0" for IPv4 or "::" for IPv6.
   */
  'address': (string);
  /**
   * Virtual port, 0..65535; 0: every port.
   */
  'port': (number);
  /**
   * Name of the scheduler, such as "wlc".
   */
  'scheduler': (string);
  /**
   * Since it was created; also by destinations that are gone.
   */
  'traffic': (_tandem_v1_Traffic__Output | null);
  /**
   * In document order; behind them those that are removed and still have connections.
   */
  'destinations': (_tandem_v1_DestinationStatus__Output)[];
  /**
   * Firewall mark, 1..2^32-1; absent: found by protocol, address and port.
   */
  'mark'?: (number);
  /**
   * As in Service.
   */
  'schedulerFlags': (string)[];
  /**
   * As in Service; absent: none.
   */
  'persistence': (_tandem_v1_Persistence__Output | null);
  /**
   * Every packet is scheduled by itself.
   */
  'onePacket': (boolean);
  /**
   * As in Service; absent: none.
   */
  'helper'?: (string);
  /**
   * Per second: every 2 s the average moves a quarter of the way to what these 2 s had.
   */
  'rates': (_tandem_v1_Traffic__Output | null);
}
