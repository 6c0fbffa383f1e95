// Original file: tandem/v1/node.proto


export interface ExplainedVerdict {
  /**
   * "pass", "forward" or "drop".
   */
  'name'?: (string);
  /**
   * Key of packages/engine/src/core/verdict.ts, such as "scheduled".
   */
  'reason'?: (string);
  /**
   * What that means, for people.
   */
  'says'?: (string);
}

export interface ExplainedVerdict__Output {
  /**
   * "pass", "forward" or "drop".
   */
  'name': (string);
  /**
   * Key of packages/engine/src/core/verdict.ts, such as "scheduled".
   */
  'reason': (string);
  /**
   * What that means, for people.
   */
  'says': (string);
}
