// Original file: tandem/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface DocumentText {
  /**
   * Revision of the document, 1..2^53; 0: there is none yet.
   */
  'revision'?: (number | string | Long);
  /**
   * YAML or JSON, at most 1 MiB. The document may say something else since. Absent: nobody applied a text, or it was longer.
   */
  'text'?: (string);
  '_text'?: "text";
}

export interface DocumentText__Output {
  /**
   * Revision of the document, 1..2^53; 0: there is none yet.
   */
  'revision': (number);
  /**
   * YAML or JSON, at most 1 MiB. The document may say something else since. Absent: nobody applied a text, or it was longer.
   */
  'text'?: (string);
}
