/** A keepalived.conf as values: the VRRP part of it that Tandem writes. Field names are ours, keywords stand in grammar.ts. */

/** The whole file. */
export interface KeepalivedConfig {
  readonly globals: GlobalDefs;
  readonly trackFiles: readonly TrackFile[];
  readonly scripts: readonly VrrpScript[];
  readonly instances: readonly VrrpInstance[];
}

/** What holds for every instance. */
export interface GlobalDefs {
  readonly routerId: string;
  readonly scriptUser: string;
  /** Refuse scripts that anybody but root could change. */
  readonly hasScriptSecurity: boolean;
  readonly vrrpVersion: 2 | 3;
  /** An interface that is missing at the start, or deleted later, is waited for instead of refused. */
  readonly awaitsInterfaces: boolean;
  /** Named pipe that role changes are written to, one line each. */
  readonly notifyFifo: string;
  /** Seconds after a takeover until the addresses are announced a second time; 0 = never. */
  readonly announceAgainAfterS: number;
  /** Gratuitous ARP or neighbour advertisements per address and announcement. */
  readonly announceCount: number;
  /** Seconds between announcements for as long as the addresses are held; 0 = never. */
  readonly announceEveryS: number;
  /** Nice value of the VRRP process. */
  readonly processPriority: number;
}

/** A number in a file, times `weight`, is added to the priority. An absent or empty file counts as 0. */
export interface TrackFile {
  readonly name: string;
  readonly file: string;
  readonly weight: number;
}

/** A command that is run every `intervalS`; without a weight its failure puts the instances that track it into FAULT. */
export interface VrrpScript {
  readonly name: string;
  readonly command: string;
  readonly intervalS: number;
  /** Good runs in a row that end a failure. */
  readonly rise: number;
  /** Bad runs in a row that make one. */
  readonly fall: number;
  /** Counts as failed until it has succeeded once. */
  readonly startsFailed: boolean;
}

/** One virtual router: one election, and the addresses that its winner holds. */
export interface VrrpInstance {
  readonly name: string;
  readonly initialState: "MASTER" | "BACKUP";
  /** Interface that adverts are sent and heard on. */
  readonly interface: string;
  readonly virtualRouterId: number;
  readonly priority: number;
  readonly advertIntervalMs: number;
  /** Adverts that must be missed in a row before a backup takes over. */
  readonly downTimerAdverts: number;
  /** Addresses named in every advert: one family, and the same list on every node, or nodes ignore each other's adverts. */
  readonly advertised: readonly VirtualAddress[];
  /** Addresses that move with the advertised ones without being named. */
  readonly excluded: readonly VirtualAddress[];
  /** Interfaces beside the instance's own whose loss puts it into FAULT. */
  readonly trackInterfaces: readonly string[];
  readonly trackFiles: readonly string[];
  readonly trackScripts: readonly string[];
}

/** An address on an interface. */
export interface VirtualAddress {
  /** With prefix length: `192.0.2.1/32`. */
  readonly address: string;
  readonly interface: string;
}
