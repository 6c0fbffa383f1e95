// Original file: tandem/v1/node.proto


export interface CapturePacketsRequest {
  /**
   * Only of this service, such as "tcp 192.0.2.1:80".
   */
  'service'?: (string);
  /**
   * Only from or to this client: address or address:port.
   */
  'client'?: (string);
  /**
   * Only with one of these reasons, such as "mid_stream"; empty: with any. docs/packet-path.md has them; those of packets that the fast path hands
   * to the core are none: such a packet comes once, with what the core made of it.
   */
  'reasons'?: (string)[];
  /**
   * End after so many packets, 1..2^32-1.
   */
  'limit'?: (number);
  /**
   * End after so long, milliseconds, 1..86400000.
   */
  'durationMs'?: (number);
  /**
   * Also packets that have nothing to do with any service ("not_ours", "other_host"). Means nothing with reasons: these say it.
   */
  'all'?: (boolean);
  /**
   * Only to or from this destination of any service, address or address:port; it is one when the capture begins, or was one.
   */
  'destination'?: (string);
  '_service'?: "service";
  '_client'?: "client";
  '_limit'?: "limit";
  '_durationMs'?: "durationMs";
  '_destination'?: "destination";
}

export interface CapturePacketsRequest__Output {
  /**
   * Only of this service, such as "tcp 192.0.2.1:80".
   */
  'service'?: (string);
  /**
   * Only from or to this client: address or address:port.
   */
  'client'?: (string);
  /**
   * Only with one of these reasons, such as "mid_stream"; empty: with any. docs/packet-path.md has them; those of packets that the fast path hands
   * to the core are none: such a packet comes once, with what the core made of it.
   */
  'reasons': (string)[];
  /**
   * End after so many packets, 1..2^32-1.
   */
  'limit'?: (number);
  /**
   * End after so long, milliseconds, 1..86400000.
   */
  'durationMs'?: (number);
  /**
   * Also packets that have nothing to do with any service ("not_ours", "other_host"). Means nothing with reasons: these say it.
   */
  'all': (boolean);
  /**
   * Only to or from this destination of any service, address or address:port; it is one when the capture begins, or was one.
   */
  'destination'?: (string);
}
