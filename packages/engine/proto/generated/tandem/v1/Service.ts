// Original file: tandem/v1/node.proto

import type { Check as _tandem_v1_Check, Check__Output as _tandem_v1_Check__Output } from '../../tandem/v1/Check.ts';
import type { Destination as _tandem_v1_Destination, Destination__Output as _tandem_v1_Destination__Output } from '../../tandem/v1/Destination.ts';

/**
 * A virtual service as the operator writes it. An absent optional field takes the default given here.
 */
export interface Service {
  /**
   * 1..2^31-1. Present in what the node answers, absent in what it is sent: ids are given by the cluster.
   */
  'id'?: (number);
  /**
   * "tcp" or "udp".
   */
  'protocol'?: (string);
  /**
   * Virtual address, IPv4 or IPv6.
   */
  'address'?: (string);
  /**
   * Virtual port, 1..65535.
   */
  'port'?: (number);
  /**
   * "rr", "wrr", "lc" or "wlc" (default).
   */
  'scheduler'?: (string);
  /**
   * Method of destinations that name none: "masquerade" (default) or "direct-route".
   */
  'method'?: (string);
  /**
   * Health check of every destination; absent: unchecked, they count as up.
   */
  'check'?: (_tandem_v1_Check | null);
  /**
   * Real servers in listing order.
   */
  'destinations'?: (_tandem_v1_Destination)[];
  '_id'?: "id";
  '_scheduler'?: "scheduler";
  '_method'?: "method";
  '_check'?: "check";
}

/**
 * A virtual service as the operator writes it. An absent optional field takes the default given here.
 */
export interface Service__Output {
  /**
   * 1..2^31-1. Present in what the node answers, absent in what it is sent: ids are given by the cluster.
   */
  'id'?: (number);
  /**
   * "tcp" or "udp".
   */
  'protocol': (string);
  /**
   * Virtual address, IPv4 or IPv6.
   */
  'address': (string);
  /**
   * Virtual port, 1..65535.
   */
  'port': (number);
  /**
   * "rr", "wrr", "lc" or "wlc" (default).
   */
  'scheduler'?: (string);
  /**
   * Method of destinations that name none: "masquerade" (default) or "direct-route".
   */
  'method'?: (string);
  /**
   * Health check of every destination; absent: unchecked, they count as up.
   */
  'check'?: (_tandem_v1_Check__Output | null);
  /**
   * Real servers in listing order.
   */
  'destinations': (_tandem_v1_Destination__Output)[];
}
