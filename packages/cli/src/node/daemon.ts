/** What `tandem run` does with a node: the port between the command and the composition root. */
import type { LbError } from "@tandem/model";
import type { Logger } from "pino";
import type { NodeConfig } from "./config/node-config.ts";

/** How a node comes to life, and what takes away what it leaves behind. */
export interface Daemon {
  /** Rejects with `LbError`, and leaves nothing running then. */
  start(config: NodeConfig, log: Logger): Promise<RunningNode>;
  /** Remove programs, maps, interfaces and the VRRP daemon of a node that does not run. Returns what was removed, one line each. */
  cleanUp(config: NodeConfig): Promise<string[]>;
}

/** A node that runs. */
export interface RunningNode {
  /** Resolves if the node cannot go on: with why. */
  readonly failed: Promise<LbError>;
  /** End the daemon. Programs stay attached and keepalived runs on: known flows do too, and the next start adopts them. */
  stop(): Promise<void>;
}
