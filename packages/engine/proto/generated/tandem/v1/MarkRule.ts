// Original file: tandem/v1/node.proto


/**
 * Gives packets that match in all that it names a firewall mark.
 */
export interface MarkRule {
  'mark'?: (number);
  'protocol'?: (string);
  'source'?: (string);
  'destination'?: (string);
  'sourcePorts'?: (string);
  'destinationPorts'?: (string);
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
  'mark': (number);
  'protocol'?: (string);
  'source'?: (string);
  'destination'?: (string);
  'sourcePorts'?: (string);
  'destinationPorts'?: (string);
  'interface'?: (string);
}
