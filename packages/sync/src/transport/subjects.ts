/** NATS subjects of connection replication and of calls between nodes (docs/wire/frame.md lists all). Names are checked with `isNodeName` before. */

/** A node's stream and its hellos, for everybody. */
export const streamSubject = (cluster: string, node: string): string => `tandem.${cluster}.conn.${node}`;

/** What is meant for one node: requests, snapshot chunks, credits, replayed frames. */
export const peerSubject = (cluster: string, node: string): string => `tandem.${cluster}.peer.${node}`;

/** What is meant for one node of calls that it makes or answers. */
export const callSubject = (cluster: string, node: string): string => `tandem.${cluster}.call.${node}`;

/** All streams of a cluster, to subscribe to. */
export const allStreams = (cluster: string): string => streamSubject(cluster, "*");
