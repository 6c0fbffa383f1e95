// Original file: tandem/v1/node.proto

import type { Health as _tandem_v1_Health, Health__Output as _tandem_v1_Health__Output } from '../../tandem/v1/Health.ts';
import type { Traffic as _tandem_v1_Traffic, Traffic__Output as _tandem_v1_Traffic__Output } from '../../tandem/v1/Traffic.ts';
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
   * Port of the real server, 1..65535.
   */
  'port'?: (number);
  /**
   * Forwarding method: "masquerade" or "direct-route".
   */
  'method'?: (string);
  /**
   * What the operator wrote, 0..65535.
   */
  'configuredWeight'?: (number);
  /**
   * What health and draining made of it, 0..65535: what the scheduler sees.
   */
  'effectiveWeight'?: (number);
  /**
   * Why the effective weight is what it is: a few words for people.
   */
  'why'?: (string);
  'health'?: (_tandem_v1_Health);
  /**
   * Established connections, 0..2^32-1.
   */
  'activeConnections'?: (number | string | Long);
  /**
   * Connections in any other state, 0..2^32-1.
   */
  'inactiveConnections'?: (number | string | Long);
  'traffic'?: (_tandem_v1_Traffic | null);
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
   * Port of the real server, 1..65535.
   */
  'port': (number);
  /**
   * Forwarding method: "masquerade" or "direct-route".
   */
  'method': (string);
  /**
   * What the operator wrote, 0..65535.
   */
  'configuredWeight': (number);
  /**
   * What health and draining made of it, 0..65535: what the scheduler sees.
   */
  'effectiveWeight': (number);
  /**
   * Why the effective weight is what it is: a few words for people.
   */
  'why': (string);
  'health': (_tandem_v1_Health__Output);
  /**
   * Established connections, 0..2^32-1.
   */
  'activeConnections': (number);
  /**
   * Connections in any other state, 0..2^32-1.
   */
  'inactiveConnections': (number);
  'traffic': (_tandem_v1_Traffic__Output | null);
}
