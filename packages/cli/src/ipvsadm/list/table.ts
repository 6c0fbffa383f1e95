/** The table that listings show: what the kernel would know of a document's services, with what they have counted. */
import type { Traffic } from "@tandem/engine";
import type { DocumentSpec, PersistenceSpec, ServiceSpec, TunnelSpec } from "@tandem/model";
import type { ServiceTarget } from "../command.ts";

/** A virtual service, as listings know it. */
export interface ListedService {
  readonly target: ServiceTarget;
  readonly scheduler: string;
  readonly schedulerFlags: ServiceSpec["schedulerFlags"];
  /** Flags that the scheduler does not know: the kernel keeps and shows them all the same. */
  readonly unusedFlags: readonly UnusedFlag[];
  readonly persistence?: PersistenceSpec | undefined;
  /** What tells clients apart who stay; the kernel keeps and shows it even where nobody does. */
  readonly engine?: PersistenceSpec["engine"];
  readonly onePacket: boolean;
  readonly traffic: Traffic;
  readonly rates: Traffic;
  readonly servers: readonly ListedServer[];
}

export type UnusedFlag = NonNullable<ServiceSpec["unusedFlags"]>[number];

/** A real server, as listings know it. */
export interface ListedServer {
  readonly address: string;
  readonly port: number;
  readonly method: ServiceSpec["method"];
  /** What the document says: the kernel's weight is what its operator wrote last, and this is what `-S` saves. */
  readonly configuredWeight: number;
  /** What the scheduler sees: listings show it, as they show the weight that keepalived set. */
  readonly effectiveWeight: number;
  /** Where the method is a tunnel. */
  readonly tunnel?: TunnelSpec | undefined;
  readonly upperThreshold: number;
  readonly lowerThreshold: number;
  readonly activeConnections: number;
  readonly inactiveConnections: number;
  readonly persistentConnections: number;
  readonly traffic: Traffic;
  readonly rates: Traffic;
}

/** The settings that listings show. */
export type ListedTimeouts = DocumentSpec["settings"]["timeouts"];
