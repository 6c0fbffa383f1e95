/** What directors share: connections, over a stream per node, and the configuration document. */
export { createAesGcmSeal } from "./aes-gcm-seal.ts";
export type { CallRefusal } from "./call/call-state.ts";
export { createNatsBucket } from "./config-bucket-nats.ts";
export { createConfigCache } from "./config-cache.ts";
export {
  type ChangeTerms,
  type ConfigKeeper,
  type ConfigKeeperOptions,
  type ConfigStatus,
  openConfigKeeper,
} from "./config-keeper.ts";
export { createChecksumSigner, createClusterSigner } from "./config-sign.ts";
export type { ConfigHead, StoredDocument } from "./config-store.ts";
export { createBucketConfigStore } from "./config-store-bucket.ts";
export { createFileConfigStore } from "./config-store-file.ts";
export type { ReadingFault, StoreView } from "./config-view.ts";
export { type CallTerms, createNodeCalls } from "./node-calls.ts";
export { createReplicator, type Replicator } from "./replicator.ts";
export { type Counts, type Happening, REFUSALS } from "./step/counts.ts";
export type { FollowEvent, FollowState } from "./step/follow.ts";
export type { PeerStatus, ReplicationStatus } from "./step/status.ts";
export { createNatsTransport, type NatsTransport } from "./transport/nats.ts";
export type { Transport } from "./transport/transport.ts";
export type { Seal } from "./wire/seal.ts";
