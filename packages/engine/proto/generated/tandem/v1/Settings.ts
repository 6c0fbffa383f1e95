// Original file: tandem/v1/node.proto

import type { Timeouts as _tandem_v1_Timeouts, Timeouts__Output as _tandem_v1_Timeouts__Output } from '../../tandem/v1/Timeouts.ts';
import type { SyncDaemon as _tandem_v1_SyncDaemon, SyncDaemon__Output as _tandem_v1_SyncDaemon__Output } from '../../tandem/v1/SyncDaemon.ts';

/**
 * Settings of the whole cluster. What is absent has its default. Meanings, ranges and defaults of these and of all messages of the
 * document below: docs/configuration.md, under the same names in camelCase.
 */
export interface Settings {
  'timeouts'?: (_tandem_v1_Timeouts | null);
  'reuse'?: (string);
  'rescheduleQuiesced'?: (boolean);
  'expireQuiescentTemplate'?: (boolean);
  'midStream'?: (string);
  'unmatchedReply'?: (string);
  'scheduleIcmp'?: (boolean);
  'cacheBypass'?: (boolean);
  'pmtuDiscovery'?: (boolean);
  'cacheSeconds'?: (number);
  'dropEntry'?: (string);
  'dropPacket'?: (string);
  'dropRate'?: (number);
  'secureTcp'?: (string);
  'sourceBudget'?: (number);
  'syncDaemons'?: (_tandem_v1_SyncDaemon)[];
  '_reuse'?: "reuse";
  '_rescheduleQuiesced'?: "rescheduleQuiesced";
  '_expireQuiescentTemplate'?: "expireQuiescentTemplate";
  '_midStream'?: "midStream";
  '_unmatchedReply'?: "unmatchedReply";
  '_scheduleIcmp'?: "scheduleIcmp";
  '_cacheBypass'?: "cacheBypass";
  '_pmtuDiscovery'?: "pmtuDiscovery";
  '_cacheSeconds'?: "cacheSeconds";
  '_dropEntry'?: "dropEntry";
  '_dropPacket'?: "dropPacket";
  '_dropRate'?: "dropRate";
  '_secureTcp'?: "secureTcp";
  '_sourceBudget'?: "sourceBudget";
}

/**
 * Settings of the whole cluster. What is absent has its default. Meanings, ranges and defaults of these and of all messages of the
 * document below: docs/configuration.md, under the same names in camelCase.
 */
export interface Settings__Output {
  'timeouts': (_tandem_v1_Timeouts__Output | null);
  'reuse'?: (string);
  'rescheduleQuiesced'?: (boolean);
  'expireQuiescentTemplate'?: (boolean);
  'midStream'?: (string);
  'unmatchedReply'?: (string);
  'scheduleIcmp'?: (boolean);
  'cacheBypass'?: (boolean);
  'pmtuDiscovery'?: (boolean);
  'cacheSeconds'?: (number);
  'dropEntry'?: (string);
  'dropPacket'?: (string);
  'dropRate'?: (number);
  'secureTcp'?: (string);
  'sourceBudget'?: (number);
  'syncDaemons': (_tandem_v1_SyncDaemon__Output)[];
}
