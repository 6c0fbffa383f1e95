// Original file: tandem/v1/node.proto


export interface ExplainedService {
  /**
   * Such as "tcp 192.0.2.1:80".
   */
  'key'?: (string);
  /**
   * Why this one: a few words.
   */
  'why'?: (string);
}

export interface ExplainedService__Output {
  /**
   * Such as "tcp 192.0.2.1:80".
   */
  'key': (string);
  /**
   * Why this one: a few words.
   */
  'why': (string);
}
