// Original file: tandem/v1/node.proto


export interface Tunnel {
  /**
   * Encapsulation; between families, too. One of "ipip", "gue", "gre"; "ipip" if absent.
   */
  'type'?: (string);
  /**
   * UDP port of the destination; for gue only, and wanted there. 1 to 65535.
   */
  'port'?: (number);
  /**
   * Checksum of the outer header (gue, gre); remote: remote checksum offload (gue only). One of "none", "full", "remote"; "none" if absent.
   */
  'checksum'?: (string);
  '_type'?: "type";
  '_port'?: "port";
  '_checksum'?: "checksum";
}

export interface Tunnel__Output {
  /**
   * Encapsulation; between families, too. One of "ipip", "gue", "gre"; "ipip" if absent.
   */
  'type'?: (string);
  /**
   * UDP port of the destination; for gue only, and wanted there. 1 to 65535.
   */
  'port'?: (number);
  /**
   * Checksum of the outer header (gue, gre); remote: remote checksum offload (gue only). One of "none", "full", "remote"; "none" if absent.
   */
  'checksum'?: (string);
}
