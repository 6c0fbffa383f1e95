/** What a line of ipvsadm asks for, as values: parse.ts reads it, edit.ts carries it out on a document. */
import type { SchedulerName, TunnelSpec } from "@tandem/model";

/** Transport protocols that a service can have in ipvsadm. */
export type TransportName = "tcp" | "udp" | "sctp";

/** A service as the tool names it; a mark has an address family of its own (`-6`). */
export type ServiceTarget =
  | { readonly protocol: TransportName; readonly address: string; readonly port: number }
  | { readonly mark: number; readonly family: 4 | 6 };

/** An address with a port; 0 where none was written. */
export interface ServerTarget {
  readonly address: string;
  readonly port: number;
}

/** Flags of sh and mh, and a third that means something to no scheduler. */
export type SchedulerFlag = "fallback" | "port" | "third";

/** What `-A` and `-E` say of a service: all of it, because what is not named goes back to its default. */
export interface ServiceSettings {
  /** A name that may be unknown here: the edit refuses it, as the kernel does. */
  readonly scheduler: SchedulerName | (string & {});
  readonly schedulerFlags: readonly SchedulerFlag[];
  readonly onePacket: boolean;
  readonly persistence?: {
    readonly timeout: number;
    /** Leading bits of the client's address; all of them if absent. */
    readonly prefix?: number;
    /** IPv4, instead: bits of the client's address that are no leading ones. */
    readonly mask?: string;
  };
  /** Tells clients apart who stay; a name that may be unknown here, too. */
  readonly engine?: string;
}

/** What `-a` and `-e` say of a real server; what is not named has its default. */
export interface ServerSettings {
  readonly method: "direct-route" | "tunnel" | "masquerade";
  readonly weight: number;
  readonly upperThreshold: number;
  readonly lowerThreshold: number;
  readonly tunnel?: TunnelSpec;
}

/** How `-L` shows things; at most one of the views, in this order of precedence. */
export interface ListView {
  readonly stats: boolean;
  readonly rate: boolean;
  readonly thresholds: boolean;
  readonly persistentConn: boolean;
  readonly tunInfo: boolean;
  readonly numeric: boolean;
  readonly exact: boolean;
  readonly sorted: boolean;
  /** Of all directors of the cluster together; beyond ipvsadm. */
  readonly allNodes: boolean;
}

/** The sync daemon of `--start-daemon`; what is absent was not named. */
export interface SyncDaemon {
  readonly mode: "master" | "backup";
  readonly interface?: string;
  readonly syncId?: number;
  readonly maxLength?: number;
  readonly group?: string;
  readonly port?: number;
  readonly ttl?: number;
}

/** One line of ipvsadm. */
export type IpvsadmCommand =
  | { readonly name: "add-service"; service: ServiceTarget; settings: ServiceSettings }
  | { readonly name: "edit-service"; service: ServiceTarget; settings: ServiceSettings }
  | { readonly name: "delete-service"; service: ServiceTarget }
  | { readonly name: "add-server"; service: ServiceTarget; server: ServerTarget; settings: ServerSettings }
  | { readonly name: "edit-server"; service: ServiceTarget; server: ServerTarget; settings: ServerSettings }
  | { readonly name: "delete-server"; service: ServiceTarget; server: ServerTarget }
  | {
      readonly name: "list";
      what: "services" | "connections" | "timeout" | "daemon";
      view: ListView;
      service?: ServiceTarget;
    }
  | { readonly name: "zero"; service?: ServiceTarget }
  /** Seconds; 0 keeps what there is. */
  | { readonly name: "set"; tcp: number; tcpFin: number; udp: number }
  | { readonly name: "save"; numeric: boolean }
  | { readonly name: "start-daemon"; daemon: SyncDaemon }
  | { readonly name: "stop-daemon"; mode: "master" | "backup"; syncId?: number }
  /** `keeps`: services that come back have again what only documents know of them; beyond ipvsadm. */
  | { readonly name: "flush"; keeps: boolean }
  /** `replace`: services are cleared first; beyond ipvsadm. */
  | { readonly name: "restore"; replace: boolean }
  | { readonly name: "help" }
  | { readonly name: "version" };

/** Why a line cannot be carried out: the tool's own words, and its exit status (2 for usage, 255 for what popt or the kernel refuse). */
export interface IpvsadmRefusal {
  readonly message: string;
  readonly exit: 1 | 2 | 255;
}
