// Original file: tandem/v1/node.proto


/**
 * Gives packets that match in all that it names a firewall mark.
 */
export interface MarkRule {
  /**
   * Firewall mark that matching packets get. 1 to 4294967295.
   */
  'mark'?: (number);
  /**
   * Transport protocol; any if absent. One of "tcp", "udp", "sctp".
   */
  'protocol'?: (string);
  /**
   * Prefix of the client's address.
   */
  'source'?: (string);
  /**
   * Prefix of the address that the client talks to.
   */
  'destination'?: (string);
  /**
   * Client's port or range of ports.
   */
  'sourcePorts'?: (string);
  /**
   * Port or range of ports that the client talks to.
   */
  'destinationPorts'?: (string);
  /**
   * Interface that the packet comes in by.
   */
  'interface'?: (string);
  '_protocol'?: "protocol";
  '_source'?: "source";
  '_destination'?: "destination";
  '_sourcePorts'?: "sourcePorts";
  '_destinationPorts'?: "destinationPorts";
  '_interface'?: "interface";
}

/**
 * Gives packets that match in all that it names a firewall mark.
 */
export interface MarkRule__Output {
  /**
   * Firewall mark that matching packets get. 1 to 4294967295.
   */
  'mark': (number);
  /**
   * Transport protocol; any if absent. One of "tcp", "udp", "sctp".
   */
  'protocol'?: (string);
  /**
   * Prefix of the client's address.
   */
  'source'?: (string);
  /**
   * Prefix of the address that the client talks to.
   */
  'destination'?: (string);
  /**
   * Client's port or range of ports.
   */
  'sourcePorts'?: (string);
  /**
   * Port or range of ports that the client talks to.
   */
  'destinationPorts'?: (string);
  /**
   * Interface that the packet comes in by.
   */
  'interface'?: (string);
}
