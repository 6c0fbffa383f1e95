// Original file: tandem/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface ConnectionStatus {
  /**
   * "tcp", "udp" or "sctp"; "any" of a firewall mark's template.
   */
  'protocol'?: (string);
  /**
   * State in its protocol's table, such as "ESTABLISHED"; of a template "NONE", or "ASSURED" once its client has proven itself.
   */
  'state'?: (string);
  /**
   * address:port of the client; IPv6 addresses in brackets, here and below. Of a template the client's prefix and port 0.
   */
  'client'?: (string);
  /**
   * address:port that the client talks to.
   */
  'virtual'?: (string);
  /**
   * address:port of the real server.
   */
  'destination'?: (string);
  /**
   * Forwarding method, as in Service, or "bypass".
   */
  'method'?: (string);
  /**
   * Time until it expires if no packet comes, seconds, 0 and up.
   */
  'expiresInSeconds'?: (number | string);
  /**
   * Name of the node that owns it.
   */
  'owner'?: (string);
  /**
   * Packets from its client since it was made here, 0..2^53.
   */
  'inPackets'?: (number | string | Long);
  /**
   * Bytes from its client, IP headers included, 0..2^53.
   */
  'inBytes'?: (number | string | Long);
  /**
   * Packets to its client, 0..2^53; 0 with direct routing.
   */
  'outPackets'?: (number | string | Long);
  /**
   * Bytes to its client, IP headers included, 0..2^53.
   */
  'outBytes'?: (number | string | Long);
  /**
   * Full NAT: address:port that the connection to the real server comes from; absent: the client's.
   */
  'local'?: (string);
  /**
   * A persistence template: no connection, but what sends its client's next one to the same destination.
   */
  'template'?: (boolean);
  /**
   * Firewall mark of its service, 0..2^32-1; 0: none.
   */
  'mark'?: (number);
  /**
   * Its client's packets are dropped: the destination is gone and may return.
   */
  'held'?: (boolean);
  /**
   * The template or control connection that it hangs on, such as "198.51.100.0:0 -> 192.0.2.1:80"; absent: none.
   */
  'controller'?: (string);
  /**
   * Time since its last packet, seconds, 0 and up; of a template since its last connection began.
   */
  'idleSeconds'?: (number | string);
  /**
   * Of a template of the persistence engine sip: the Call-ID that its client is known by, printable ASCII of at most 255 characters; absent: none.
   */
  'callId'?: (string);
  '_local'?: "local";
  '_controller'?: "controller";
  '_callId'?: "callId";
}

export interface ConnectionStatus__Output {
  /**
   * "tcp", "udp" or "sctp"; "any" of a firewall mark's template.
   */
  'protocol': (string);
  /**
   * State in its protocol's table, such as "ESTABLISHED"; of a template "NONE", or "ASSURED" once its client has proven itself.
   */
  'state': (string);
  /**
   * address:port of the client; IPv6 addresses in brackets, here and below. Of a template the client's prefix and port 0.
   */
  'client': (string);
  /**
   * address:port that the client talks to.
   */
  'virtual': (string);
  /**
   * address:port of the real server.
   */
  'destination': (string);
  /**
   * Forwarding method, as in Service, or "bypass".
   */
  'method': (string);
  /**
   * Time until it expires if no packet comes, seconds, 0 and up.
   */
  'expiresInSeconds': (number);
  /**
   * Name of the node that owns it.
   */
  'owner': (string);
  /**
   * Packets from its client since it was made here, 0..2^53.
   */
  'inPackets': (number);
  /**
   * Bytes from its client, IP headers included, 0..2^53.
   */
  'inBytes': (number);
  /**
   * Packets to its client, 0..2^53; 0 with direct routing.
   */
  'outPackets': (number);
  /**
   * Bytes to its client, IP headers included, 0..2^53.
   */
  'outBytes': (number);
  /**
   * Full NAT: address:port that the connection to the real server comes from; absent: the client's.
   */
  'local'?: (string);
  /**
   * A persistence template: no connection, but what sends its client's next one to the same destination.
   */
  'template': (boolean);
  /**
   * Firewall mark of its service, 0..2^32-1; 0: none.
   */
  'mark': (number);
  /**
   * Its client's packets are dropped: the destination is gone and may return.
   */
  'held': (boolean);
  /**
   * The template or control connection that it hangs on, such as "198.51.100.0:0 -> 192.0.2.1:80"; absent: none.
   */
  'controller'?: (string);
  /**
   * Time since its last packet, seconds, 0 and up; of a template since its last connection began.
   */
  'idleSeconds': (number);
  /**
   * Of a template of the persistence engine sip: the Call-ID that its client is known by, printable ASCII of at most 255 characters; absent: none.
   */
  'callId'?: (string);
}
