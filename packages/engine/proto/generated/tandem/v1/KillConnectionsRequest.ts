// Original file: tandem/v1/node.proto

import type { ListConnectionsRequest as _tandem_v1_ListConnectionsRequest, ListConnectionsRequest__Output as _tandem_v1_ListConnectionsRequest__Output } from '../../tandem/v1/ListConnectionsRequest.ts';

export interface KillConnectionsRequest {
  /**
   * Which: at least one of service, client and destination is given. Its limit does not count.
   */
  'filter'?: (_tandem_v1_ListConnectionsRequest | null);
  /**
   * Tell both ends (TCP RST; ICMP unreachable for UDP); else they are forgotten silently.
   */
  'reset'?: (boolean);
  /**
   * Say how many it would be and do nothing.
   */
  'dryRun'?: (boolean);
  /**
   * Who asks, for the audit: 1..256 characters.
   */
  'author'?: (string);
}

export interface KillConnectionsRequest__Output {
  /**
   * Which: at least one of service, client and destination is given. Its limit does not count.
   */
  'filter': (_tandem_v1_ListConnectionsRequest__Output | null);
  /**
   * Tell both ends (TCP RST; ICMP unreachable for UDP); else they are forgotten silently.
   */
  'reset': (boolean);
  /**
   * Say how many it would be and do nothing.
   */
  'dryRun': (boolean);
  /**
   * Who asks, for the audit: 1..256 characters.
   */
  'author': (string);
}
