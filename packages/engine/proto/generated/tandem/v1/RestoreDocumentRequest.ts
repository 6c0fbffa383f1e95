// Original file: tandem/v1/node.proto

import type { Document as _tandem_v1_Document, Document__Output as _tandem_v1_Document__Output } from '../../tandem/v1/Document.ts';
import type { Long } from '@grpc/proto-loader';

export interface RestoreDocumentRequest {
  /**
   * With its ids, and what is retired.
   */
  'document'?: (_tandem_v1_Document | null);
  /**
   * As in ApplyDocumentRequest.
   */
  'text'?: (string);
  /**
   * Only if the document is at this revision, 0..2^53; absent: whatever it is at.
   */
  'expectedRevision'?: (number | string | Long);
  /**
   * Who asks, for the history: 1..256 characters.
   */
  'author'?: (string);
  /**
   * Why, for the history: 0..256 characters.
   */
  'reason'?: (string);
  '_text'?: "text";
  '_expectedRevision'?: "expectedRevision";
}

export interface RestoreDocumentRequest__Output {
  /**
   * With its ids, and what is retired.
   */
  'document': (_tandem_v1_Document__Output | null);
  /**
   * As in ApplyDocumentRequest.
   */
  'text'?: (string);
  /**
   * Only if the document is at this revision, 0..2^53; absent: whatever it is at.
   */
  'expectedRevision'?: (number);
  /**
   * Who asks, for the history: 1..256 characters.
   */
  'author': (string);
  /**
   * Why, for the history: 0..256 characters.
   */
  'reason': (string);
}
