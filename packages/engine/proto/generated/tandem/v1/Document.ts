// Original file: tandem/v1/node.proto

import type { Service as _tandem_v1_Service, Service__Output as _tandem_v1_Service__Output } from '../../tandem/v1/Service.ts';
import type { Settings as _tandem_v1_Settings, Settings__Output as _tandem_v1_Settings__Output } from '../../tandem/v1/Settings.ts';
import type { MarkRule as _tandem_v1_MarkRule, MarkRule__Output as _tandem_v1_MarkRule__Output } from '../../tandem/v1/MarkRule.ts';
import type { Long } from '@grpc/proto-loader';

export interface Document {
  /**
   * Version of the document's format: 1.
   */
  'version'?: (number);
  /**
   * Rises by one with each change, 0..2^53; 0 before the first.
   */
  'revision'?: (number | string | Long);
  /**
   * The id that the next new service or destination gets, 1..2^31-1.
   */
  'nextId'?: (number);
  /**
   * Ids of what was removed, 1..2^31-1, by key, so that it gets its id back when it returns.
   */
  'retired'?: ({[key: string]: number});
  /**
   * Every one with its id.
   */
  'services'?: (_tandem_v1_Service)[];
  /**
   * Of the whole cluster.
   */
  'settings'?: (_tandem_v1_Settings | null);
  /**
   * In the order that they are asked in, at most 64.
   */
  'marks'?: (_tandem_v1_MarkRule)[];
}

export interface Document__Output {
  /**
   * Version of the document's format: 1.
   */
  'version': (number);
  /**
   * Rises by one with each change, 0..2^53; 0 before the first.
   */
  'revision': (number);
  /**
   * The id that the next new service or destination gets, 1..2^31-1.
   */
  'nextId': (number);
  /**
   * Ids of what was removed, 1..2^31-1, by key, so that it gets its id back when it returns.
   */
  'retired': ({[key: string]: number});
  /**
   * Every one with its id.
   */
  'services': (_tandem_v1_Service__Output)[];
  /**
   * Of the whole cluster.
   */
  'settings': (_tandem_v1_Settings__Output | null);
  /**
   * In the order that they are asked in, at most 64.
   */
  'marks': (_tandem_v1_MarkRule__Output)[];
}
