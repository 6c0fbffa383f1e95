// Original file: tandem/v1/node.proto


export interface SwitchOverResponse {
  /**
   * What was done, or would be, in order: one sentence each.
   */
  'steps'?: (string)[];
  /**
   * Node that was active.
   */
  'from'?: (string);
  /**
   * Node that is active now, or would be.
   */
  'to'?: (string);
}

export interface SwitchOverResponse__Output {
  /**
   * What was done, or would be, in order: one sentence each.
   */
  'steps': (string)[];
  /**
   * Node that was active.
   */
  'from': (string);
  /**
   * Node that is active now, or would be.
   */
  'to': (string);
}
