// Original file: tandem/v1/node.proto


/**
 * A packet that there is, or might be.
 */
export interface ExplainRequest {
  /**
   * "tcp", "udp" or "sctp".
   */
  'protocol'?: (string);
  /**
   * address:port that it comes from; address alone: some port.
   */
  'client'?: (string);
  /**
   * address:port that it goes to.
   */
  'virtual'?: (string);
  /**
   * Firewall mark that it carries, 0..2^32-1; 0: what the document's rules give it.
   */
  'mark'?: (number);
  /**
   * Interface that it comes in by, for the document's rules; absent: one that no rule names.
   */
  'interface'?: (string);
  '_interface'?: "interface";
}

/**
 * A packet that there is, or might be.
 */
export interface ExplainRequest__Output {
  /**
   * "tcp", "udp" or "sctp".
   */
  'protocol': (string);
  /**
   * address:port that it comes from; address alone: some port.
   */
  'client': (string);
  /**
   * address:port that it goes to.
   */
  'virtual': (string);
  /**
   * Firewall mark that it carries, 0..2^32-1; 0: what the document's rules give it.
   */
  'mark': (number);
  /**
   * Interface that it comes in by, for the document's rules; absent: one that no rule names.
   */
  'interface'?: (string);
}
