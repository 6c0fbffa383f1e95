/** What directors share: connections, over a stream per node, and the configuration document. */
export { createAesGcmSeal } from "./aes-gcm-seal.ts";
export { CALL_REFUSALS, type CallRefusal } from "./call/call-state.ts";
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
export { type ConfigHead, type ConfigStore, MAX_TEXT_BYTES, type StoredDocument } from "./config-store.ts";
export { type BucketStoreOptions, createBucketConfigStore } from "./config-store-bucket.ts";
export { createFileConfigStore } from "./config-store-file.ts";
export type { StoreState, StoreView } from "./config-view.ts";
export { type CallTerms, createNodeCalls, type NodeCalls, type NodeCallsOptions } from "./node-calls.ts";
export { createReplicator, type Replicator, type ReplicatorOptions } from "./replicator.ts";
export { MAX_OFFER_BYTES } from "./step/batch.ts";
export { type Counts, HAPPENINGS, type Happening, REFUSALS, type Refusal } from "./step/counts.ts";
export type { FollowEvent, FollowState } from "./step/follow.ts";
export type { Limits } from "./step/limits.ts";
export type { PeerStatus, ReplicationStatus } from "./step/status.ts";
export type { ReplicaTable } from "./step/table.ts";
export { createMemoryBus, type Delivery, type MemoryBus, type MemoryTransport } from "./transport/memory.ts";
export { createNatsTransport, type NatsOptions, type NatsTransport } from "./transport/nats.ts";
export type { Transport } from "./transport/transport.ts";
export { isNodeName } from "./wire/header.ts";
export { MAX_BUCKETS, MAX_PRESENCE_BYTES } from "./wire/message.ts";
export type { Seal } from "./wire/seal.ts";
