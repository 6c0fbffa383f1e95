// Original file: tandem/v1/node.proto


export interface Tunnel {
  'type'?: (string);
  'port'?: (number);
  'checksum'?: (string);
  '_type'?: "type";
  '_port'?: "port";
  '_checksum'?: "checksum";
}

export interface Tunnel__Output {
  'type'?: (string);
  'port'?: (number);
  'checksum'?: (string);
}
