// Original file: tandem/v1/node.proto

import type { Revision as _tandem_v1_Revision, Revision__Output as _tandem_v1_Revision__Output } from '../../tandem/v1/Revision.ts';

export interface ListRevisionsResponse {
  /**
   * Newest first.
   */
  'revisions'?: (_tandem_v1_Revision)[];
  /**
   * Why there may be more: one sentence for people; empty: these are all that are kept.
   */
  'incomplete'?: (string);
}

export interface ListRevisionsResponse__Output {
  /**
   * Newest first.
   */
  'revisions': (_tandem_v1_Revision__Output)[];
  /**
   * Why there may be more: one sentence for people; empty: these are all that are kept.
   */
  'incomplete': (string);
}
