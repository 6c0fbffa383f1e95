// Original file: tandem/v1/node.proto


export interface SetMaintenanceRequest {
  'on'?: (boolean);
  /**
   * Who asks, for the audit: 1..256 characters.
   */
  'author'?: (string);
}

export interface SetMaintenanceRequest__Output {
  'on': (boolean);
  /**
   * Who asks, for the audit: 1..256 characters.
   */
  'author': (string);
}
