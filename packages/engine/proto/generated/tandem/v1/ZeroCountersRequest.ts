// Original file: tandem/v1/node.proto


export interface ZeroCountersRequest {
  /**
   * Only this service, such as "tcp 192.0.2.1:80" or "mark 7 ipv4"; absent: all.
   */
  'service'?: (string);
  /**
   * Who asks, for the audit: 1..256 characters.
   */
  'author'?: (string);
  '_service'?: "service";
}

export interface ZeroCountersRequest__Output {
  /**
   * Only this service, such as "tcp 192.0.2.1:80" or "mark 7 ipv4"; absent: all.
   */
  'service'?: (string);
  /**
   * Who asks, for the audit: 1..256 characters.
   */
  'author': (string);
}
