// Original file: tandem/v1/node.proto

import type { Candidate as _tandem_v1_Candidate, Candidate__Output as _tandem_v1_Candidate__Output } from '../../tandem/v1/Candidate.ts';

export interface ExplainedSchedule {
  /**
   * Name of the scheduler.
   */
  'name'?: (string);
  /**
   * In the order that it looks at them.
   */
  'candidates'?: (_tandem_v1_Candidate)[];
  /**
   * Destination that it picks now, address:port; absent: none.
   */
  'pick'?: (string);
  '_pick'?: "pick";
}

export interface ExplainedSchedule__Output {
  /**
   * Name of the scheduler.
   */
  'name': (string);
  /**
   * In the order that it looks at them.
   */
  'candidates': (_tandem_v1_Candidate__Output)[];
  /**
   * Destination that it picks now, address:port; absent: none.
   */
  'pick'?: (string);
}
