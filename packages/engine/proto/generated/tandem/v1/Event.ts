// Original file: tandem/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface Event {
  /**
   * Place in this node's stream; for `resume_token`.
   */
  'token'?: (string);
  /**
   * Milliseconds since 1970-01-01 UTC by the node's clock, 0..2^53.
   */
  'timeMs'?: (number | string | Long);
  /**
   * Name of the node.
   */
  'node'?: (string);
  /**
   * "node", "document", "role", "health", "peer", "nats", "alarm", "maintenance", "operator", or "gap": events before this one are lost.
   */
  'kind'?: (string);
  /**
   * "info", "warning" or "error".
   */
  'severity'?: (string);
  /**
   * What it is about, such as "tcp 192.0.2.1:80 -> 10.0.0.1:80" or a peer's name; may be empty.
   */
  'subject'?: (string);
  /**
   * One sentence for people.
   */
  'text'?: (string);
  /**
   * The same for machines; keys: docs/events.md.
   */
  'details'?: ({[key: string]: string});
}

export interface Event__Output {
  /**
   * Place in this node's stream; for `resume_token`.
   */
  'token': (string);
  /**
   * Milliseconds since 1970-01-01 UTC by the node's clock, 0..2^53.
   */
  'timeMs': (number);
  /**
   * Name of the node.
   */
  'node': (string);
  /**
   * "node", "document", "role", "health", "peer", "nats", "alarm", "maintenance", "operator", or "gap": events before this one are lost.
   */
  'kind': (string);
  /**
   * "info", "warning" or "error".
   */
  'severity': (string);
  /**
   * What it is about, such as "tcp 192.0.2.1:80 -> 10.0.0.1:80" or a peer's name; may be empty.
   */
  'subject': (string);
  /**
   * One sentence for people.
   */
  'text': (string);
  /**
   * The same for machines; keys: docs/events.md.
   */
  'details': ({[key: string]: string});
}
