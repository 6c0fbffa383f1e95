// Original file: tandem/v1/node.proto


export interface ForgetPeerRequest {
  /**
   * Its name.
   */
  'peer'?: (string);
  /**
   * Who asks, for the audit: 1..256 characters.
   */
  'author'?: (string);
}

export interface ForgetPeerRequest__Output {
  /**
   * Its name.
   */
  'peer': (string);
  /**
   * Who asks, for the audit: 1..256 characters.
   */
  'author': (string);
}
