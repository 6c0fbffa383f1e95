// Original file: tandem/v1/node.proto

import type { Tunnel as _tandem_v1_Tunnel, Tunnel__Output as _tandem_v1_Tunnel__Output } from '../../tandem/v1/Tunnel.ts';

export interface Destination {
  /**
   * As Service.id.
   */
  'id'?: (number);
  'address'?: (string);
  'port'?: (number);
  'weight'?: (number);
  'method'?: (string);
  'drain'?: (boolean);
  'tunnel'?: (_tandem_v1_Tunnel | null);
  'upperThreshold'?: (number);
  'lowerThreshold'?: (number);
  '_id'?: "id";
  '_port'?: "port";
  '_weight'?: "weight";
  '_method'?: "method";
  '_upperThreshold'?: "upperThreshold";
  '_lowerThreshold'?: "lowerThreshold";
  '_drain'?: "drain";
}

export interface Destination__Output {
  /**
   * As Service.id.
   */
  'id'?: (number);
  'address': (string);
  'port'?: (number);
  'weight'?: (number);
  'method'?: (string);
  'drain'?: (boolean);
  'tunnel': (_tandem_v1_Tunnel__Output | null);
  'upperThreshold'?: (number);
  'lowerThreshold'?: (number);
}
