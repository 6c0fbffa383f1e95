// Original file: tandem/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface ConnectionStatus {
  /**
   * "tcp" or "udp".
   */
  'protocol'?: (string);
  /**
   * State in its protocol's table, such as "ESTABLISHED".
   */
  'state'?: (string);
  /**
   * address:port of the client; IPv6 addresses in brackets, here and below.
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
   * Forwarding method: "masquerade" or "direct-route".
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
   * As in Traffic, since the connection was made here.
   */
  'inPackets'?: (number | string | Long);
  'inBytes'?: (number | string | Long);
  'outPackets'?: (number | string | Long);
  'outBytes'?: (number | string | Long);
}

export interface ConnectionStatus__Output {
  /**
   * "tcp" or "udp".
   */
  'protocol': (string);
  /**
   * State in its protocol's table, such as "ESTABLISHED".
   */
  'state': (string);
  /**
   * address:port of the client; IPv6 addresses in brackets, here and below.
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
   * Forwarding method: "masquerade" or "direct-route".
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
   * As in Traffic, since the connection was made here.
   */
  'inPackets': (number);
  'inBytes': (number);
  'outPackets': (number);
  'outBytes': (number);
}
