/** What directors share: connections, over a stream per node, and the configuration document. */
export { createAesGcmSeal } from "./aes-gcm-seal.ts";
export type { CallRefusal } from "./call/call-state.ts";
export { createNatsBucket, type NatsBucketOptions } from "./config-bucket-nats.ts";
export { type ConfigCache, createConfigCache } from "./config-cache.ts";
export {
  type ChangeTerms,
  type ConfigKeeper,
  type ConfigKeeperOptions,
  type ConfigStatus,
  type KeptHistory,
  openConfigKeeper,
} from "./config-keeper.ts";
export { type ConfigSigner, createChecksumSigner, createClusterSigner } from "./config-sign.ts";
export type { ConfigHead, ConfigStore, StoredDocument } from "./config-store.ts";
export { type BucketStoreOptions, createBucketConfigStore } from "./config-store-bucket.ts";
export { createFileConfigStore } from "./config-store-file.ts";
export type { StoreState, StoreView } from "./config-view.ts";
export { type CallTerms, createNodeCalls, type NodeCalls, type NodeCallsOptions } from "./node-calls.ts";
export { createReplicator, type Replicator, type ReplicatorOptions } from "./replicator.ts";
export { type Counts, type Happening, REFUSALS, type Refusal } from "./step/counts.ts";
export type { FollowEvent, FollowState } from "./step/follow.ts";
export type { Limits } from "./step/limits.ts";
export type { PeerStatus, ReplicationStatus } from "./step/status.ts";
export type { ReplicaTable } from "./step/table.ts";
export { createNatsTransport, type NatsOptions, type NatsTransport } from "./transport/nats.ts";
export type { Transport } from "./transport/transport.ts";
export type { Seal } from "./wire/seal.ts";
