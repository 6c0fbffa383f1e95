// Original file: tandem/v1/node.proto


export interface WatchEventsRequest {
  /**
   * `token` of the last event that was seen: go on behind it. Absent: from now on.
   */
  'resumeToken'?: (string);
  /**
   * Begin with so many of the latest events, 0..10000; not with a resume token.
   */
  'backlog'?: (number);
  /**
   * Only of these kinds; empty: all.
   */
  'kinds'?: (string)[];
  /**
   * End after what there is now instead of waiting for more.
   */
  'noFollow'?: (boolean);
  '_resumeToken'?: "resumeToken";
}

export interface WatchEventsRequest__Output {
  /**
   * `token` of the last event that was seen: go on behind it. Absent: from now on.
   */
  'resumeToken'?: (string);
  /**
   * Begin with so many of the latest events, 0..10000; not with a resume token.
   */
  'backlog': (number);
  /**
   * Only of these kinds; empty: all.
   */
  'kinds': (string)[];
  /**
   * End after what there is now instead of waiting for more.
   */
  'noFollow': (boolean);
}
