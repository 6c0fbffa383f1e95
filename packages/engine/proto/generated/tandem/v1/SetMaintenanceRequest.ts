// Original file: tandem/v1/node.proto


export interface SetMaintenanceRequest {
  /**
   * Out of service, or back into it.
   */
  'on'?: (boolean);
  /**
   * Who asks, for the audit: 1..256 characters.
   */
  'author'?: (string);
}

export interface SetMaintenanceRequest__Output {
  /**
   * Out of service, or back into it.
   */
  'on': (boolean);
  /**
   * Who asks, for the audit: 1..256 characters.
   */
  'author': (string);
}
