// Original file: tandem/v1/node.proto


/**
 * Seconds by name of the state, such as "established".
 */
export interface Timeouts {
  'tcp'?: ({[key: string]: number | string});
  'udp'?: ({[key: string]: number | string});
  'sctp'?: ({[key: string]: number | string});
}

/**
 * Seconds by name of the state, such as "established".
 */
export interface Timeouts__Output {
  'tcp': ({[key: string]: number});
  'udp': ({[key: string]: number});
  'sctp': ({[key: string]: number});
}
