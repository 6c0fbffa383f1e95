import { join } from "node:path";
import type { VrrpPaths } from "keepalived-config";

/** Every file that a director's VRRP uses, in one directory of its own, so that several directors run on one machine. */
export interface RuntimePaths extends VrrpPaths {
  readonly config: string;
  /** The configuration while keepalived checks it. */
  readonly candidate: string;
  readonly allowList: string;
  readonly log: string;
  /** Written by keepalived's main process, and by its VRRP process. */
  readonly mainPid: string;
  readonly vrrpPid: string;
  /** What the running keepalived was started with. */
  readonly record: string;
}

export function runtimePaths(runtimeDir: string): RuntimePaths {
  const at = (name: string) => join(runtimeDir, name);
  return {
    notifyFifo: at("notify"),
    readiness: at("readiness"),
    maintenance: at("maintenance"),
    heartbeat: at("heartbeat"),
    config: at("keepalived.conf"),
    candidate: at("keepalived.conf.new"),
    allowList: at("allow-list.nft"),
    log: at("keepalived.log"),
    mainPid: at("keepalived.pid"),
    vrrpPid: at("vrrp.pid"),
    record: at("keepalived.json"),
  };
}
