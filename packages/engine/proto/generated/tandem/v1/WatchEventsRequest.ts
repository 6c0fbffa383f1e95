// Original file: tandem/v1/node.proto


export interface WatchEventsRequest {
  /**
   * `token` of the last event that was seen: go on behind it. If the node has forgotten some of what came after it, or has been started
   * anew, a "gap" comes first, and then all that it still has. Absent: from now on.
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
   * `token` of the last event that was seen: go on behind it. If the node has forgotten some of what came after it, or has been started
   * anew, a "gap" comes first, and then all that it still has. Absent: from now on.
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
