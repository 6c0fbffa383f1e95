// Original file: tandem/v1/node.proto


export interface ListRevisionsRequest {
  /**
   * At most so many, 1..1000; absent: all that are kept.
   */
  'limit'?: (number);
  '_limit'?: "limit";
}

export interface ListRevisionsRequest__Output {
  /**
   * At most so many, 1..1000; absent: all that are kept.
   */
  'limit'?: (number);
}
