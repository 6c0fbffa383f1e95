/** Custody of one keepalived: taken over or started, watched, cleaned up after and started again, ended. */
import { renameSync } from "node:fs";
import { uptime } from "node:os";
import type { VirtualAddress } from "keepalived-config";
import { pause } from "../machine/repeat.ts";
import { replaceFile } from "../machine/replace-file.ts";
import type { AddressTable } from "./address-table.ts";
import { planStart, restartDelayMs, STABLE_AFTER_S, type StartPlan } from "./adoption.ts";
import { releaseAddresses } from "./group-addresses.ts";
import {
  checkConfigFile,
  endProcess,
  findMain,
  findVrrp,
  hashConfig,
  isAlive,
  readRecord,
  reloadKeepalived,
  startKeepalived,
} from "./keepalived.ts";
import type { RuntimePaths } from "./paths.ts";
import type { ProcessEntry } from "./process-table.ts";

export interface CustodyOptions {
  readonly paths: RuntimePaths;
  /** Text of keepalived.conf. */
  readonly config: string;
  /** The addresses that this keepalived may hold. */
  readonly addresses: readonly VirtualAddress[];
  readonly table: AddressTable;
  /** keepalived died, and its addresses are gone by now. */
  readonly onDeath: (why: string) => void;
  readonly signal: AbortSignal;
}

export interface Custody {
  /** Bring the configuration into force and say how. `beforeStart` runs first if none is running. */
  take(beforeStart: () => void): Promise<StartPlan>;
  /** One look at the processes. When one has died: remove its addresses, tell, start again. */
  watch(): Promise<void>;
  /** End keepalived and whatever it left behind. */
  end(): Promise<void>;
}

export function createCustody(options: CustodyOptions): Custody {
  const { paths, signal } = options;
  const configHash = hashConfig(options.config);
  const release = () => releaseAddresses(options.table, options.addresses);
  let main: ProcessEntry | undefined;
  let vrrp: ProcessEntry | undefined;
  let startedAtS = 0;
  let deaths = 0;

  async function installConfig(): Promise<void> {
    replaceFile(paths.candidate, options.config);
    await checkConfigFile(paths.candidate);
    renameSync(paths.candidate, paths.config);
  }

  /** What a dead keepalived leaves: its VRRP process perhaps, told by the kernel to end and taking its time; its addresses if not. */
  async function cleanUp(): Promise<void> {
    const orphan = findVrrp(paths);
    if (orphan) await endProcess(orphan);
    await release();
  }

  function launch(): void {
    startedAtS = uptime();
    vrrp = undefined;
    main = startKeepalived(paths, configHash);
  }

  async function recoverMain(dead: ProcessEntry): Promise<void> {
    await cleanUp();
    deaths = uptime() - startedAtS > STABLE_AFTER_S ? 1 : deaths + 1;
    const delayMs = restartDelayMs(deaths);
    options.onDeath(`keepalived (pid ${dead.pid}) died, starting again in ${delayMs / 1000} s`);
    await pause(delayMs, signal);
    if (signal.aborted) return;
    replaceFile(paths.config, options.config); // it may have died because somebody took that away
    launch();
  }

  /** keepalived starts its VRRP process again by itself, but not always at once. */
  async function recoverVrrp(dead: ProcessEntry): Promise<void> {
    vrrp = findVrrp(paths);
    if (vrrp) return; // the new one has cleared the addresses
    await release();
    options.onDeath(`keepalived's VRRP process (pid ${dead.pid}) died`);
  }

  return {
    async take(beforeStart) {
      main = findMain(paths);
      const plan = planStart(main, readRecord(paths), configHash);
      if (plan !== "adopt") await installConfig();
      if (plan === "start") {
        await cleanUp();
        beforeStart();
        launch();
      }
      if (main && plan === "reload") reloadKeepalived(paths, main, configHash);
      return plan;
    },
    async watch() {
      if (main && !isAlive(main)) return recoverMain(main);
      if (vrrp && !isAlive(vrrp)) return recoverVrrp(vrrp);
      vrrp ??= findVrrp(paths);
    },
    async end() {
      main ??= findMain(paths);
      if (main) await endProcess(main);
      await cleanUp();
    },
  };
}
