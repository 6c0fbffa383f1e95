// Original file: tandem/v1/node.proto

import type { Tunnel as _tandem_v1_Tunnel, Tunnel__Output as _tandem_v1_Tunnel__Output } from '../../tandem/v1/Tunnel.ts';

export interface Destination {
  /**
   * As in Service: 1..2^31-1.
   */
  'id'?: (number);
  /**
   * Address of the real server; of the service's family unless a tunnel leads there.
   */
  'address'?: (string);
  /**
   * Port of the real server; the service's port if absent, and 0 the port of the packet. 0 to 65535.
   */
  'port'?: (number);
  /**
   * Share of new connections; 0 quiesces: established connections go on, new ones avoid it. 0 to 2147483647; 1 if absent.
   */
  'weight'?: (number);
  /**
   * Forwarding method; the service's method if absent. One of "masquerade", "direct-route", "tunnel", "full-nat", "local".
   */
  'method'?: (string);
  /**
   * Taken out of service: effective weight 0 whatever "weight" says, until undone. False if absent.
   */
  'drain'?: (boolean);
  /**
   * Kind of tunnel; the service's if absent.
   */
  'tunnel'?: (_tandem_v1_Tunnel | null);
  /**
   * Connections from which on it gets no new ones; 0: no limit. 0 to 2147483647; 0 if absent.
   */
  'upperThreshold'?: (number);
  /**
   * Connections below which it gets new ones again; 0: three quarters of the upper threshold. 0 to 2147483647; 0 if absent.
   */
  'lowerThreshold'?: (number);
  /**
   * Method that ipvsadm was asked for and lists, without effect; with it the port may be one that no packet gets. One of "masquerade",
   * "direct-route", "tunnel".
   */
  'listedAs'?: (string);
  '_id'?: "id";
  '_port'?: "port";
  '_weight'?: "weight";
  '_method'?: "method";
  '_listedAs'?: "listedAs";
  '_upperThreshold'?: "upperThreshold";
  '_lowerThreshold'?: "lowerThreshold";
  '_drain'?: "drain";
}

export interface Destination__Output {
  /**
   * As in Service: 1..2^31-1.
   */
  'id'?: (number);
  /**
   * Address of the real server; of the service's family unless a tunnel leads there.
   */
  'address': (string);
  /**
   * Port of the real server; the service's port if absent, and 0 the port of the packet. 0 to 65535.
   */
  'port'?: (number);
  /**
   * Share of new connections; 0 quiesces: established connections go on, new ones avoid it. 0 to 2147483647; 1 if absent.
   */
  'weight'?: (number);
  /**
   * Forwarding method; the service's method if absent. One of "masquerade", "direct-route", "tunnel", "full-nat", "local".
   */
  'method'?: (string);
  /**
   * Taken out of service: effective weight 0 whatever "weight" says, until undone. False if absent.
   */
  'drain'?: (boolean);
  /**
   * Kind of tunnel; the service's if absent.
   */
  'tunnel': (_tandem_v1_Tunnel__Output | null);
  /**
   * Connections from which on it gets no new ones; 0: no limit. 0 to 2147483647; 0 if absent.
   */
  'upperThreshold'?: (number);
  /**
   * Connections below which it gets new ones again; 0: three quarters of the upper threshold. 0 to 2147483647; 0 if absent.
   */
  'lowerThreshold'?: (number);
  /**
   * Method that ipvsadm was asked for and lists, without effect; with it the port may be one that no packet gets. One of "masquerade",
   * "direct-route", "tunnel".
   */
  'listedAs'?: (string);
}
