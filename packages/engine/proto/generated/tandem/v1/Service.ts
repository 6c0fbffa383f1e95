// Original file: tandem/v1/node.proto

import type { Check as _tandem_v1_Check, Check__Output as _tandem_v1_Check__Output } from '../../tandem/v1/Check.ts';
import type { Destination as _tandem_v1_Destination, Destination__Output as _tandem_v1_Destination__Output } from '../../tandem/v1/Destination.ts';
import type { Persistence as _tandem_v1_Persistence, Persistence__Output as _tandem_v1_Persistence__Output } from '../../tandem/v1/Persistence.ts';
import type { Tunnel as _tandem_v1_Tunnel, Tunnel__Output as _tandem_v1_Tunnel__Output } from '../../tandem/v1/Tunnel.ts';
import type { Timeouts as _tandem_v1_Timeouts, Timeouts__Output as _tandem_v1_Timeouts__Output } from '../../tandem/v1/Timeouts.ts';

/**
 * A virtual service as the operator writes it.
 */
export interface Service {
  /**
   * 1..2^31-1. Present in what the node answers, absent in what it is sent: ids are given by the cluster.
   */
  'id'?: (number);
  /**
   * Absent, as address and port, of a firewall mark.
   */
  'protocol'?: (string);
  'address'?: (string);
  'port'?: (number);
  'scheduler'?: (string);
  'method'?: (string);
  'check'?: (_tandem_v1_Check | null);
  /**
   * Real servers in listing order.
   */
  'destinations'?: (_tandem_v1_Destination)[];
  'mark'?: (number);
  'schedulerFlags'?: (string)[];
  'onePacket'?: (boolean);
  'persistence'?: (_tandem_v1_Persistence | null);
  'tunnel'?: (_tandem_v1_Tunnel | null);
  'sourceAddresses'?: (string)[];
  'helper'?: (string);
  'sloppy'?: (boolean);
  'timeouts'?: (_tandem_v1_Timeouts | null);
  'whenDown'?: (string);
  'whenRemoved'?: (string);
  'allow'?: (string)[];
  'deny'?: (string)[];
  'slowStart'?: (number | string);
  'unusedFlags'?: (string)[];
  '_id'?: "id";
  '_protocol'?: "protocol";
  '_address'?: "address";
  '_port'?: "port";
  '_mark'?: "mark";
  '_scheduler'?: "scheduler";
  '_onePacket'?: "onePacket";
  '_method'?: "method";
  '_helper'?: "helper";
  '_sloppy'?: "sloppy";
  '_whenDown'?: "whenDown";
  '_whenRemoved'?: "whenRemoved";
  '_slowStart'?: "slowStart";
}

/**
 * A virtual service as the operator writes it.
 */
export interface Service__Output {
  /**
   * 1..2^31-1. Present in what the node answers, absent in what it is sent: ids are given by the cluster.
   */
  'id'?: (number);
  /**
   * Absent, as address and port, of a firewall mark.
   */
  'protocol'?: (string);
  'address'?: (string);
  'port'?: (number);
  'scheduler'?: (string);
  'method'?: (string);
  'check': (_tandem_v1_Check__Output | null);
  /**
   * Real servers in listing order.
   */
  'destinations': (_tandem_v1_Destination__Output)[];
  'mark'?: (number);
  'schedulerFlags': (string)[];
  'onePacket'?: (boolean);
  'persistence': (_tandem_v1_Persistence__Output | null);
  'tunnel': (_tandem_v1_Tunnel__Output | null);
  'sourceAddresses': (string)[];
  'helper'?: (string);
  'sloppy'?: (boolean);
  'timeouts': (_tandem_v1_Timeouts__Output | null);
  'whenDown'?: (string);
  'whenRemoved'?: (string);
  'allow': (string)[];
  'deny': (string)[];
  'slowStart'?: (number);
  'unusedFlags': (string)[];
}
