// Original file: tandem/v1/node.proto

import type { ExplainedService as _tandem_v1_ExplainedService, ExplainedService__Output as _tandem_v1_ExplainedService__Output } from '../../tandem/v1/ExplainedService.ts';
import type { ConnectionStatus as _tandem_v1_ConnectionStatus, ConnectionStatus__Output as _tandem_v1_ConnectionStatus__Output } from '../../tandem/v1/ConnectionStatus.ts';
import type { ExplainedSchedule as _tandem_v1_ExplainedSchedule, ExplainedSchedule__Output as _tandem_v1_ExplainedSchedule__Output } from '../../tandem/v1/ExplainedSchedule.ts';
import type { ExplainedVerdict as _tandem_v1_ExplainedVerdict, ExplainedVerdict__Output as _tandem_v1_ExplainedVerdict__Output } from '../../tandem/v1/ExplainedVerdict.ts';

export interface Explanation {
  /**
   * Absent: it is for no service.
   */
  'service'?: (_tandem_v1_ExplainedService | null);
  /**
   * The connection that it belongs to; absent: it would be the first of its connection.
   */
  'connection'?: (_tandem_v1_ConnectionStatus | null);
  /**
   * The template that its client has; absent: none.
   */
  'template'?: (_tandem_v1_ConnectionStatus | null);
  /**
   * What the scheduler has to choose from; absent: it is not asked.
   */
  'scheduler'?: (_tandem_v1_ExplainedSchedule | null);
  /**
   * What is changed in it, in order: one sentence each.
   */
  'rewriting'?: (string)[];
  /**
   * What becomes of it.
   */
  'verdict'?: (_tandem_v1_ExplainedVerdict | null);
  /**
   * How its connection ends: one sentence; empty: there is none.
   */
  'ends'?: (string);
  /**
   * Name of the node that decides.
   */
  'node'?: (string);
}

export interface Explanation__Output {
  /**
   * Absent: it is for no service.
   */
  'service': (_tandem_v1_ExplainedService__Output | null);
  /**
   * The connection that it belongs to; absent: it would be the first of its connection.
   */
  'connection': (_tandem_v1_ConnectionStatus__Output | null);
  /**
   * The template that its client has; absent: none.
   */
  'template': (_tandem_v1_ConnectionStatus__Output | null);
  /**
   * What the scheduler has to choose from; absent: it is not asked.
   */
  'scheduler': (_tandem_v1_ExplainedSchedule__Output | null);
  /**
   * What is changed in it, in order: one sentence each.
   */
  'rewriting': (string)[];
  /**
   * What becomes of it.
   */
  'verdict': (_tandem_v1_ExplainedVerdict__Output | null);
  /**
   * How its connection ends: one sentence; empty: there is none.
   */
  'ends': (string);
  /**
   * Name of the node that decides.
   */
  'node': (string);
}
