// Original file: tandem/v1/node.proto


export interface SetMaintenanceResponse {
  /**
   * It was not so before.
   */
  'changed'?: (boolean);
}

export interface SetMaintenanceResponse__Output {
  /**
   * It was not so before.
   */
  'changed': (boolean);
}
