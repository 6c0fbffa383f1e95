/** Replication between directors: connections over a stream per node. */
export { createAesGcmSeal } from "./aes-gcm-seal.ts";
export { MAX_OFFER_BYTES } from "./batch.ts";
export { type Counts, HAPPENINGS, type Happening, REFUSALS, type Refusal } from "./counts.ts";
export type { FollowEvent, FollowState } from "./follow.ts";
export { isNodeName } from "./header.ts";
export { LIMITS, type Limits } from "./limits.ts";
export { MAX_BUCKETS, MAX_PRESENCE_BYTES } from "./message.ts";
export { createReplicator, type Replicator, type ReplicatorOptions } from "./replicator.ts";
export type { Seal } from "./seal.ts";
export type { PeerStatus, ReplicationStatus } from "./status.ts";
export type { ReplicaTable, TableAnswer, TableCall } from "./table.ts";
export { createMemoryBus, type Delivery, type MemoryBus, type MemoryTransport } from "./transport/memory.ts";
export { createNatsTransport, type NatsOptions, type NatsTransport } from "./transport/nats.ts";
export type { Transport } from "./transport/transport.ts";
