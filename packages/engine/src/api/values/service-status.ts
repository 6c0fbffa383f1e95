import type { PersistenceSpec, TunnelSpec } from "@tandem/model";

/** Totals, or what comes per second; bytes include IP headers. */
export interface Traffic {
  connections: number;
  inPackets: number;
  inBytes: number;
  outPackets: number;
  outBytes: number;
}

/** A virtual service that runs. */
export interface ServiceStatus {
  id: number;
  protocol: string;
  address: string;
  port: number;
  /** Firewall mark, instead of the three above. */
  mark?: number;
  scheduler: string;
  schedulerFlags: string[];
  persistence?: PersistenceSpec;
  onePacket: boolean;
  helper?: string;
  /** Since it was created; also by destinations that are gone. */
  traffic: Traffic;
  /** Per second: every 2 s the average moves a quarter of the way to what these 2 s had. */
  rates: Traffic;
  destinations: DestinationStatus[];
}

/** A destination that runs. */
export interface DestinationStatus {
  id: number;
  address: string;
  port: number;
  method: string;
  /** Where the method is a tunnel. */
  tunnel?: TunnelSpec;
  /** What the operator wrote, and what health, draining and slow start made of it. */
  configuredWeight: number;
  effectiveWeight: number;
  /** Why the effective weight is what it is. */
  why: string;
  health: "up" | "down" | "unchecked";
  activeConnections: number;
  inactiveConnections: number;
  /** Persistence templates that lead here. */
  persistentConnections: number;
  upperThreshold: number;
  lowerThreshold: number;
  /** Over the upper threshold: gets no new connections. */
  overloaded: boolean;
  /** Down or removed, and its connections' packets are dropped until it returns. */
  held: boolean;
  /** No longer in the document, but with connections; it has no weights and no thresholds. */
  removed: boolean;
  traffic: Traffic;
  /** As the service's. */
  rates: Traffic;
}
