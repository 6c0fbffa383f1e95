// Original file: tandem/v1/node.proto


export interface RunIpvsadmRequest {
  /**
   * What follows the program's name.
   */
  'args'?: (string)[];
  /**
   * Standard input, for --restore.
   */
  'input'?: (string);
  /**
   * Who asks, for the history: 1..256 characters.
   */
  'author'?: (string);
}

export interface RunIpvsadmRequest__Output {
  /**
   * What follows the program's name.
   */
  'args': (string)[];
  /**
   * Standard input, for --restore.
   */
  'input': (string);
  /**
   * Who asks, for the history: 1..256 characters.
   */
  'author': (string);
}
