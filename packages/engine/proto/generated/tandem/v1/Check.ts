// Original file: tandem/v1/node.proto

import type { TcpCheck as _tandem_v1_TcpCheck, TcpCheck__Output as _tandem_v1_TcpCheck__Output } from '../../tandem/v1/TcpCheck.ts';
import type { HttpCheck as _tandem_v1_HttpCheck, HttpCheck__Output as _tandem_v1_HttpCheck__Output } from '../../tandem/v1/HttpCheck.ts';

export interface Check {
  /**
   * Seconds between two checks of one destination, 0.1..3600, default 2.
   */
  'interval'?: (number | string);
  /**
   * Seconds after which an unanswered check has failed, 0.05..300, default 1.
   */
  'timeout'?: (number | string);
  /**
   * Good results in a row that bring a destination up, 1..100, default 2.
   */
  'rise'?: (number);
  /**
   * Bad results in a row that take it down, 1..100, default 3.
   */
  'fall'?: (number);
  /**
   * Port to check, 1..65535; default: the destination's own.
   */
  'port'?: (number);
  'tcp'?: (_tandem_v1_TcpCheck | null);
  'http'?: (_tandem_v1_HttpCheck | null);
  '_interval'?: "interval";
  '_timeout'?: "timeout";
  '_rise'?: "rise";
  '_fall'?: "fall";
  '_port'?: "port";
  'type'?: "tcp"|"http";
}

export interface Check__Output {
  /**
   * Seconds between two checks of one destination, 0.1..3600, default 2.
   */
  'interval'?: (number);
  /**
   * Seconds after which an unanswered check has failed, 0.05..300, default 1.
   */
  'timeout'?: (number);
  /**
   * Good results in a row that bring a destination up, 1..100, default 2.
   */
  'rise'?: (number);
  /**
   * Bad results in a row that take it down, 1..100, default 3.
   */
  'fall'?: (number);
  /**
   * Port to check, 1..65535; default: the destination's own.
   */
  'port'?: (number);
  'tcp'?: (_tandem_v1_TcpCheck__Output | null);
  'http'?: (_tandem_v1_HttpCheck__Output | null);
}
