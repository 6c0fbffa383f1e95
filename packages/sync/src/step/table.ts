/** The connection table as sync sees it. */
import type { ReplicaCall } from "@tandem/model";

/** What sync asks of the connection table. */
export interface ReplicaTable {
  /** Calls take effect in order. Answers go to `Replicator.answer`, in order with what is offered. Never throws. */
  send(call: ReplicaCall): void;
}
