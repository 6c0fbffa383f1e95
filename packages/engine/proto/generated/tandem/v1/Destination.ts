// Original file: tandem/v1/node.proto


export interface Destination {
  /**
   * As Service.id.
   */
  'id'?: (number);
  /**
   * Address of the real server, of the service's family.
   */
  'address'?: (string);
  /**
   * 1..65535; default: the service's port.
   */
  'port'?: (number);
  /**
   * 0..65535, default 1; 0 quiesces.
   */
  'weight'?: (number);
  /**
   * "masquerade" or "direct-route"; default: the service's method.
   */
  'method'?: (string);
  /**
   * Being taken out of service: effective weight 0 whatever the weight says. Default false.
   */
  'drain'?: (boolean);
  '_id'?: "id";
  '_port'?: "port";
  '_weight'?: "weight";
  '_method'?: "method";
  '_drain'?: "drain";
}

export interface Destination__Output {
  /**
   * As Service.id.
   */
  'id'?: (number);
  /**
   * Address of the real server, of the service's family.
   */
  'address': (string);
  /**
   * 1..65535; default: the service's port.
   */
  'port'?: (number);
  /**
   * 0..65535, default 1; 0 quiesces.
   */
  'weight'?: (number);
  /**
   * "masquerade" or "direct-route"; default: the service's method.
   */
  'method'?: (string);
  /**
   * Being taken out of service: effective weight 0 whatever the weight says. Default false.
   */
  'drain'?: (boolean);
}
