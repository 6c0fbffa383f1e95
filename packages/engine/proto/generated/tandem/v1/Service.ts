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
   * Transport protocol; left out for a firewall mark only. One of "tcp", "udp", "sctp", "any"; "any" if absent.
   */
  'protocol'?: (string);
  /**
   * Virtual address that clients talk to; of a firewall mark "0.0.0.0" for IPv4 or "::" for IPv6. "0.0.0.0" if absent.
   */
  'address'?: (string);
  /**
   * Virtual port that clients talk to; 0 with persistence: every port. 0 to 65535; 0 if absent.
   */
  'port'?: (number);
  /**
   * Picks the destination of a new connection. One of "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf",
   * "mh", "twos"; "wlc" if absent.
   */
  'scheduler'?: (string);
  /**
   * Forwarding method of destinations that name none. One of "masquerade", "direct-route", "tunnel", "full-nat", "local"; "masquerade" if
   * absent.
   */
  'method'?: (string);
  /**
   * Health check of every destination; without one they count as up.
   */
  'check'?: (_tandem_v1_Check | null);
  /**
   * Real servers, in listing order. At most 131072.
   */
  'destinations'?: (_tandem_v1_Destination)[];
  /**
   * Firewall mark, instead of protocol, address and port. 1 to 4294967295.
   */
  'mark'?: (number);
  /**
   * For sh and mh. fallback: ask the next slot if the client's destination is unusable; port: the client's port counts. List of "fallback",
   * "port".
   */
  'schedulerFlags'?: (string)[];
  /**
   * UDP: every packet is scheduled by itself; nothing translates the answers of masqueraded destinations back. False if absent.
   */
  'onePacket'?: (boolean);
  /**
   * Clients stay with their destination.
   */
  'persistence'?: (_tandem_v1_Persistence | null);
  /**
   * Kind of tunnel of destinations that name none; ipip if absent.
   */
  'tunnel'?: (_tandem_v1_Tunnel | null);
  /**
   * full-nat: addresses of this cluster that connections to real servers come from.
   */
  'sourceAddresses'?: (string)[];
  /**
   * ftp: data connections follow the control connection (masquerade, full-nat). One of "ftp".
   */
  'helper'?: (string);
  /**
   * TCP and SCTP: any packet may open a connection, not the first one only. False if absent.
   */
  'sloppy'?: (boolean);
  /**
   * Timeouts in seconds, instead of the settings' ones.
   */
  'timeouts'?: (_tandem_v1_Timeouts | null);
  /**
   * Connections of a destination that its checks take down: keep forwards them on, drop leaves them unanswered until it comes up, expire
   * forgets them, reset tells both ends. One of "keep", "drop", "expire", "reset"; "keep" if absent.
   */
  'whenDown'?: (string);
  /**
   * Connections of a destination that is removed: keep forwards them on, drop leaves them unanswered until it returns, expire forgets them,
   * reset tells both ends. One of "keep", "drop", "expire", "reset"; "keep" if absent.
   */
  'whenRemoved'?: (string);
  /**
   * Prefixes of clients that are served; nobody else is, if there are any.
   */
  'allow'?: (string)[];
  /**
   * Prefixes of clients that are not served; the longer match counts.
   */
  'deny'?: (string)[];
  /**
   * Seconds in which the weight of a destination that comes back or joins grows from 1 to its full size; 0: at once. 0 to 3600; 0 if
   * absent.
   */
  'slowStart'?: (number | string);
  /**
   * Flags that ipvsadm gave and the scheduler does not know: listed by it, without effect. List of "flag-1", "flag-2", "flag-3".
   */
  'unusedFlags'?: (string)[];
  /**
   * Persistence engine that ipvsadm gave to a service without persistence, or not of UDP: listed by it, without effect. One of "sip".
   */
  'unusedEngine'?: (string);
  '_id'?: "id";
  '_protocol'?: "protocol";
  '_address'?: "address";
  '_port'?: "port";
  '_mark'?: "mark";
  '_scheduler'?: "scheduler";
  '_unusedEngine'?: "unusedEngine";
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
   * Transport protocol; left out for a firewall mark only. One of "tcp", "udp", "sctp", "any"; "any" if absent.
   */
  'protocol'?: (string);
  /**
   * Virtual address that clients talk to; of a firewall mark "0.0.0.0" for IPv4 or "::" for IPv6. "0.0.0.0" if absent.
   */
  'address'?: (string);
  /**
   * Virtual port that clients talk to; 0 with persistence: every port. 0 to 65535; 0 if absent.
   */
  'port'?: (number);
  /**
   * Picks the destination of a new connection. One of "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf",
   * "mh", "twos"; "wlc" if absent.
   */
  'scheduler'?: (string);
  /**
   * Forwarding method of destinations that name none. One of "masquerade", "direct-route", "tunnel", "full-nat", "local"; "masquerade" if
   * absent.
   */
  'method'?: (string);
  /**
   * Health check of every destination; without one they count as up.
   */
  'check': (_tandem_v1_Check__Output | null);
  /**
   * Real servers, in listing order. At most 131072.
   */
  'destinations': (_tandem_v1_Destination__Output)[];
  /**
   * Firewall mark, instead of protocol, address and port. 1 to 4294967295.
   */
  'mark'?: (number);
  /**
   * For sh and mh. fallback: ask the next slot if the client's destination is unusable; port: the client's port counts. List of "fallback",
   * "port".
   */
  'schedulerFlags': (string)[];
  /**
   * UDP: every packet is scheduled by itself; nothing translates the answers of masqueraded destinations back. False if absent.
   */
  'onePacket'?: (boolean);
  /**
   * Clients stay with their destination.
   */
  'persistence': (_tandem_v1_Persistence__Output | null);
  /**
   * Kind of tunnel of destinations that name none; ipip if absent.
   */
  'tunnel': (_tandem_v1_Tunnel__Output | null);
  /**
   * full-nat: addresses of this cluster that connections to real servers come from.
   */
  'sourceAddresses': (string)[];
  /**
   * ftp: data connections follow the control connection (masquerade, full-nat). One of "ftp".
   */
  'helper'?: (string);
  /**
   * TCP and SCTP: any packet may open a connection, not the first one only. False if absent.
   */
  'sloppy'?: (boolean);
  /**
   * Timeouts in seconds, instead of the settings' ones.
   */
  'timeouts': (_tandem_v1_Timeouts__Output | null);
  /**
   * Connections of a destination that its checks take down: keep forwards them on, drop leaves them unanswered until it comes up, expire
   * forgets them, reset tells both ends. One of "keep", "drop", "expire", "reset"; "keep" if absent.
   */
  'whenDown'?: (string);
  /**
   * Connections of a destination that is removed: keep forwards them on, drop leaves them unanswered until it returns, expire forgets them,
   * reset tells both ends. One of "keep", "drop", "expire", "reset"; "keep" if absent.
   */
  'whenRemoved'?: (string);
  /**
   * Prefixes of clients that are served; nobody else is, if there are any.
   */
  'allow': (string)[];
  /**
   * Prefixes of clients that are not served; the longer match counts.
   */
  'deny': (string)[];
  /**
   * Seconds in which the weight of a destination that comes back or joins grows from 1 to its full size; 0: at once. 0 to 3600; 0 if
   * absent.
   */
  'slowStart'?: (number);
  /**
   * Flags that ipvsadm gave and the scheduler does not know: listed by it, without effect. List of "flag-1", "flag-2", "flag-3".
   */
  'unusedFlags': (string)[];
  /**
   * Persistence engine that ipvsadm gave to a service without persistence, or not of UDP: listed by it, without effect. One of "sip".
   */
  'unusedEngine'?: (string);
}
