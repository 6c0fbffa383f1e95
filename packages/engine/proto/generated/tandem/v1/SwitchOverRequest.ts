// Original file: tandem/v1/node.proto


export interface SwitchOverRequest {
  /**
   * Say what would happen and do nothing.
   */
  'dryRun'?: (boolean);
  /**
   * Even if no peer is live.
   */
  'force'?: (boolean);
  /**
   * Who asks, for the audit: 1..256 characters.
   */
  'author'?: (string);
}

export interface SwitchOverRequest__Output {
  /**
   * Say what would happen and do nothing.
   */
  'dryRun': (boolean);
  /**
   * Even if no peer is live.
   */
  'force': (boolean);
  /**
   * Who asks, for the audit: 1..256 characters.
   */
  'author': (string);
}
