// Original file: tandem/v1/node.proto

import type { Timeouts as _tandem_v1_Timeouts, Timeouts__Output as _tandem_v1_Timeouts__Output } from '../../tandem/v1/Timeouts.ts';
import type { SyncDaemon as _tandem_v1_SyncDaemon, SyncDaemon__Output as _tandem_v1_SyncDaemon__Output } from '../../tandem/v1/SyncDaemon.ts';

/**
 * Settings of the whole cluster. What is absent has its default. What is said of these fields and of the document's other messages below is made from
 * the document's schema by packages/cli/src/document/write-proto-comments.ts; what belongs together is in docs/configuration.md, by the same names in camelCase.
 */
export interface Settings {
  /**
   * Timeouts in seconds of services that name none.
   */
  'timeouts'?: (_tandem_v1_Timeouts | null);
  /**
   * When a SYN on a known tuple is scheduled anew: never; when it is closed; also in FIN_WAIT seen from one side only. One of "never",
   * "closed", "one-way"; "closed" if absent.
   */
  'reuse'?: (string);
  /**
   * A SYN on a known tuple of a destination with weight 0 is scheduled anew. False if absent.
   */
  'rescheduleQuiesced'?: (boolean);
  /**
   * A destination with weight 0 loses its persistent clients, too. False if absent.
   */
  'expireQuiescentTemplate'?: (boolean);
  /**
   * TCP to a service without SYN and without a connection: dropped, or left to the host, which answers RST. One of "drop", "host"; "drop"
   * if absent.
   */
  'midStream'?: (string);
  /**
   * From a masqueraded destination without a connection: dropped, left to the host's routing, or refused by ICMP. One of "drop", "forward",
   * "refuse"; "drop" if absent.
   */
  'unmatchedReply'?: (string);
  /**
   * An ICMP error about no known connection may make one. False if absent.
   */
  'scheduleIcmp'?: (boolean);
  /**
   * A firewall-mark service without a usable destination lets packets go to their own address. False if absent.
   */
  'cacheBypass'?: (boolean);
  /**
   * Packets that must not be fragmented and do not fit are refused; false: tunnels fragment them. True if absent.
   */
  'pmtuDiscovery'?: (boolean);
  /**
   * lblc and lblcr: seconds after which an unused entry is stale. 1 to 2147483; 86400 if absent.
   */
  'cacheSeconds'?: (number);
  /**
   * Half-open and idle connections are dropped at random; auto: while the connection table is nearly full. One of "off", "auto", "on";
   * "off" if absent.
   */
  'dropEntry'?: (string);
  /**
   * One in "dropRate" packets that would make a connection is dropped; auto: while the connection table is nearly full. One of "off",
   * "auto", "on"; "off" if absent.
   */
  'dropPacket'?: (string);
  /**
   * See "dropPacket". 1 to 2147483647; 10 if absent.
   */
  'dropRate'?: (number);
  /**
   * TCP follows the stricter state table; auto: while the connection table is nearly full. One of "off", "auto", "on"; "off" if absent.
   */
  'secureTcp'?: (string);
  /**
   * New connections per second that one source prefix (/24, IPv6 /56) may ask for; 0: no limit. 0 to 1000000; 0 if absent.
   */
  'sourceBudget'?: (number);
  /**
   * Daemons of the kernel's own synchronisation, as "ipvsadm --start-daemon" asks for them; kept, not run yet.
   */
  'syncDaemons'?: (_tandem_v1_SyncDaemon)[];
  /**
   * lvs: what this document does not say is as in the kernel, in settings and services; ours if absent. One of "lvs".
   */
  'profile'?: (string);
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
  '_profile'?: "profile";
}

/**
 * Settings of the whole cluster. What is absent has its default. What is said of these fields and of the document's other messages below is made from
 * the document's schema by packages/cli/src/document/write-proto-comments.ts; what belongs together is in docs/configuration.md, by the same names in camelCase.
 */
export interface Settings__Output {
  /**
   * Timeouts in seconds of services that name none.
   */
  'timeouts': (_tandem_v1_Timeouts__Output | null);
  /**
   * When a SYN on a known tuple is scheduled anew: never; when it is closed; also in FIN_WAIT seen from one side only. One of "never",
   * "closed", "one-way"; "closed" if absent.
   */
  'reuse'?: (string);
  /**
   * A SYN on a known tuple of a destination with weight 0 is scheduled anew. False if absent.
   */
  'rescheduleQuiesced'?: (boolean);
  /**
   * A destination with weight 0 loses its persistent clients, too. False if absent.
   */
  'expireQuiescentTemplate'?: (boolean);
  /**
   * TCP to a service without SYN and without a connection: dropped, or left to the host, which answers RST. One of "drop", "host"; "drop"
   * if absent.
   */
  'midStream'?: (string);
  /**
   * From a masqueraded destination without a connection: dropped, left to the host's routing, or refused by ICMP. One of "drop", "forward",
   * "refuse"; "drop" if absent.
   */
  'unmatchedReply'?: (string);
  /**
   * An ICMP error about no known connection may make one. False if absent.
   */
  'scheduleIcmp'?: (boolean);
  /**
   * A firewall-mark service without a usable destination lets packets go to their own address. False if absent.
   */
  'cacheBypass'?: (boolean);
  /**
   * Packets that must not be fragmented and do not fit are refused; false: tunnels fragment them. True if absent.
   */
  'pmtuDiscovery'?: (boolean);
  /**
   * lblc and lblcr: seconds after which an unused entry is stale. 1 to 2147483; 86400 if absent.
   */
  'cacheSeconds'?: (number);
  /**
   * Half-open and idle connections are dropped at random; auto: while the connection table is nearly full. One of "off", "auto", "on";
   * "off" if absent.
   */
  'dropEntry'?: (string);
  /**
   * One in "dropRate" packets that would make a connection is dropped; auto: while the connection table is nearly full. One of "off",
   * "auto", "on"; "off" if absent.
   */
  'dropPacket'?: (string);
  /**
   * See "dropPacket". 1 to 2147483647; 10 if absent.
   */
  'dropRate'?: (number);
  /**
   * TCP follows the stricter state table; auto: while the connection table is nearly full. One of "off", "auto", "on"; "off" if absent.
   */
  'secureTcp'?: (string);
  /**
   * New connections per second that one source prefix (/24, IPv6 /56) may ask for; 0: no limit. 0 to 1000000; 0 if absent.
   */
  'sourceBudget'?: (number);
  /**
   * Daemons of the kernel's own synchronisation, as "ipvsadm --start-daemon" asks for them; kept, not run yet.
   */
  'syncDaemons': (_tandem_v1_SyncDaemon__Output)[];
  /**
   * lvs: what this document does not say is as in the kernel, in settings and services; ours if absent. One of "lvs".
   */
  'profile'?: (string);
}
