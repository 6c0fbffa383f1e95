// Original file: tandem/v1/node.proto


export interface Check {
  /**
   * "tcp" or "http": says which of the others may be present.
   */
  'type'?: (string);
  'interval'?: (number | string);
  'timeout'?: (number | string);
  'rise'?: (number);
  'fall'?: (number);
  'port'?: (number);
  'path'?: (string);
  'host'?: (string);
  'status'?: (number)[];
  '_interval'?: "interval";
  '_timeout'?: "timeout";
  '_rise'?: "rise";
  '_fall'?: "fall";
  '_port'?: "port";
  '_path'?: "path";
  '_host'?: "host";
}

export interface Check__Output {
  /**
   * "tcp" or "http": says which of the others may be present.
   */
  'type': (string);
  'interval'?: (number);
  'timeout'?: (number);
  'rise'?: (number);
  'fall'?: (number);
  'port'?: (number);
  'path'?: (string);
  'host'?: (string);
  'status': (number)[];
}
