// Original file: tandem/v1/node.proto

import type { Service as _tandem_v1_Service, Service__Output as _tandem_v1_Service__Output } from '../../tandem/v1/Service.ts';
import type { Settings as _tandem_v1_Settings, Settings__Output as _tandem_v1_Settings__Output } from '../../tandem/v1/Settings.ts';
import type { MarkRule as _tandem_v1_MarkRule, MarkRule__Output as _tandem_v1_MarkRule__Output } from '../../tandem/v1/MarkRule.ts';
import type { Long } from '@grpc/proto-loader';

export interface ApplyDocumentRequest {
  /**
   * Version of the document's format: 1.
   */
  'version'?: (number);
  /**
   * Without ids.
   */
  'services'?: (_tandem_v1_Service)[];
  /**
   * Only if the document is at this revision, 0..2^53; absent: whatever it is at.
   */
  'expectedRevision'?: (number | string | Long);
  /**
   * Who asks, for the history: 1..256 characters.
   */
  'author'?: (string);
  /**
   * Of the whole cluster.
   */
  'settings'?: (_tandem_v1_Settings | null);
  /**
   * In the order that they are asked in, at most 64.
   */
  'marks'?: (_tandem_v1_MarkRule)[];
  /**
   * Say what would happen, refusal and warnings, and change nothing.
   */
  'dryRun'?: (boolean);
  /**
   * Why, for the history: 0..256 characters.
   */
  'reason'?: (string);
  /**
   * The document as the operator wrote it, YAML or JSON, for the next one who edits it; what is longer than 1 MiB is not kept. With another text than the
   * last an equal document becomes a revision, too. Absent: the last text stays.
   */
  'text'?: (string);
  '_expectedRevision'?: "expectedRevision";
  '_text'?: "text";
}

export interface ApplyDocumentRequest__Output {
  /**
   * Version of the document's format: 1.
   */
  'version': (number);
  /**
   * Without ids.
   */
  'services': (_tandem_v1_Service__Output)[];
  /**
   * Only if the document is at this revision, 0..2^53; absent: whatever it is at.
   */
  'expectedRevision'?: (number);
  /**
   * Who asks, for the history: 1..256 characters.
   */
  'author': (string);
  /**
   * Of the whole cluster.
   */
  'settings': (_tandem_v1_Settings__Output | null);
  /**
   * In the order that they are asked in, at most 64.
   */
  'marks': (_tandem_v1_MarkRule__Output)[];
  /**
   * Say what would happen, refusal and warnings, and change nothing.
   */
  'dryRun': (boolean);
  /**
   * Why, for the history: 0..256 characters.
   */
  'reason': (string);
  /**
   * The document as the operator wrote it, YAML or JSON, for the next one who edits it; what is longer than 1 MiB is not kept. With another text than the
   * last an equal document becomes a revision, too. Absent: the last text stays.
   */
  'text'?: (string);
}
