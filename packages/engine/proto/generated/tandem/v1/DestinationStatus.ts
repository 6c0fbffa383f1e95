// Original file: tandem/v1/node.proto

import type { Health as _tandem_v1_Health, Health__Output as _tandem_v1_Health__Output } from '../../tandem/v1/Health.ts';
import type { Traffic as _tandem_v1_Traffic, Traffic__Output as _tandem_v1_Traffic__Output } from '../../tandem/v1/Traffic.ts';
import type { Tunnel as _tandem_v1_Tunnel, Tunnel__Output as _tandem_v1_Tunnel__Output } from '../../tandem/v1/Tunnel.ts';
import type { Long } from '@grpc/proto-loader';

export interface DestinationStatus {
  /**
   * Id in the document, 1..2^31-1.
   */
  'id'?: (number);
  /**
   * Address of the real server, canonical text.
   */
  'address'?: (string);
  /**
   * Port of the real server, 0..65535; 0: that of the packet.
   */
  'port'?: (number);
  /**
   * Forwarding method, as in Service.
   */
  'method'?: (string);
  /**
   * What the operator wrote, 0..2^31-1.
   */
  'configuredWeight'?: (number);
  /**
   * What health, draining and slow start made of it, 0..2^31-1: what the scheduler sees.
   */
  'effectiveWeight'?: (number);
  /**
   * Why the effective weight is what it is: a few words for people.
   */
  'why'?: (string);
  /**
   * What its checks say.
   */
  'health'?: (_tandem_v1_Health);
  /**
   * Established connections, 0..2^32-1.
   */
  'activeConnections'?: (number | string | Long);
  /**
   * Connections in any other state, 0..2^32-1.
   */
  'inactiveConnections'?: (number | string | Long);
  /**
   * Since it was created.
   */
  'traffic'?: (_tandem_v1_Traffic | null);
  /**
   * As in Service; absent: the method is no tunnel.
   */
  'tunnel'?: (_tandem_v1_Tunnel | null);
  /**
   * Persistence templates that lead here, 0..2^32-1.
   */
  'persistentConnections'?: (number | string | Long);
  /**
   * Connections from which on it gets no new ones, 0..2^31-1; 0: no limit.
   */
  'upperThreshold'?: (number);
  /**
   * Connections below which it gets new ones again, 0..2^31-1; 0: three quarters of the upper threshold.
   */
  'lowerThreshold'?: (number);
  /**
   * Reached the upper threshold and did not come below the lower one since: gets no new connections.
   */
  'overloaded'?: (boolean);
  /**
   * It is down or removed, and its service drops its connections' packets until it returns.
   */
  'held'?: (boolean);
  /**
   * As in ServiceStatus.
   */
  'rates'?: (_tandem_v1_Traffic | null);
  /**
   * It is not in the document any more, but still has connections; weights and thresholds are 0.
   */
  'removed'?: (boolean);
}

export interface DestinationStatus__Output {
  /**
   * Id in the document, 1..2^31-1.
   */
  'id': (number);
  /**
   * Address of the real server, canonical text.
   */
  'address': (string);
  /**
   * Port of the real server, 0..65535; 0: that of the packet.
   */
  'port': (number);
  /**
   * Forwarding method, as in Service.
   */
  'method': (string);
  /**
   * What the operator wrote, 0..2^31-1.
   */
  'configuredWeight': (number);
  /**
   * What health, draining and slow start made of it, 0..2^31-1: what the scheduler sees.
   */
  'effectiveWeight': (number);
  /**
   * Why the effective weight is what it is: a few words for people.
   */
  'why': (string);
  /**
   * What its checks say.
   */
  'health': (_tandem_v1_Health__Output);
  /**
   * Established connections, 0..2^32-1.
   */
  'activeConnections': (number);
  /**
   * Connections in any other state, 0..2^32-1.
   */
  'inactiveConnections': (number);
  /**
   * Since it was created.
   */
  'traffic': (_tandem_v1_Traffic__Output | null);
  /**
   * As in Service; absent: the method is no tunnel.
   */
  'tunnel': (_tandem_v1_Tunnel__Output | null);
  /**
   * Persistence templates that lead here, 0..2^32-1.
   */
  'persistentConnections': (number);
  /**
   * Connections from which on it gets no new ones, 0..2^31-1; 0: no limit.
   */
  'upperThreshold': (number);
  /**
   * Connections below which it gets new ones again, 0..2^31-1; 0: three quarters of the upper threshold.
   */
  'lowerThreshold': (number);
  /**
   * Reached the upper threshold and did not come below the lower one since: gets no new connections.
   */
  'overloaded': (boolean);
  /**
   * It is down or removed, and its service drops its connections' packets until it returns.
   */
  'held': (boolean);
  /**
   * As in ServiceStatus.
   */
  'rates': (_tandem_v1_Traffic__Output | null);
  /**
   * It is not in the document any more, but still has connections; weights and thresholds are 0.
   */
  'removed': (boolean);
}
