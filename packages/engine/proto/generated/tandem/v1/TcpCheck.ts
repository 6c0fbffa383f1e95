// Original file: tandem/v1/node.proto


/**
 * Healthy when a connection is made.
 */
export interface TcpCheck {
}

/**
 * Healthy when a connection is made.
 */
export interface TcpCheck__Output {
}
