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
   * Only with this reason, such as "mid_stream".
   */
  'reasons'?: (string)[];
  /**
   * End after so many packets, 1..2^32-1.
   */
  'limit'?: (number);
  '_service'?: "service";
  '_client'?: "client";
  '_limit'?: "limit";
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
   * Only with this reason, such as "mid_stream".
   */
  'reasons': (string)[];
  /**
   * End after so many packets, 1..2^32-1.
   */
  'limit'?: (number);
}
