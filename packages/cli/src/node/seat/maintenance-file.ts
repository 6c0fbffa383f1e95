/** That a node is out of service, where it outlives daemon and machine: an operator who reboots a node wants to find it as he left it. */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { LbError } from "@tandem/model";
import { z } from "zod";

/** Whether a node is in maintenance. */
export interface Maintenance {
  readonly isOn: boolean;
  /** It leaves its addresses even to a peer that is not ready. */
  readonly toUnready: boolean;
}

/** Where maintenance is remembered. */
export interface MaintenanceFile {
  /** Undefined if there is no such file. Never throws. */
  load(): Maintenance | "unreadable" | undefined;
  /** Waits for the disk. @throws LbError unavailable */
  save(maintenance: Maintenance): void;
}

const Content = z.object({ isOn: z.boolean(), toUnready: z.boolean() });

/** The file at `path`; its folder is made if it is missing. */
export function createMaintenanceFile(path: string): MaintenanceFile {
  return {
    load() {
      try {
        return Content.parse(JSON.parse(readFileSync(path, "utf8")));
      } catch (error) {
        return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : "unreadable";
      }
    },
    save(maintenance) {
      try {
        mkdirSync(dirname(path), { recursive: true });
        replaceDurably(path, `${JSON.stringify(maintenance)}\n`);
      } catch (cause) {
        const why = (cause as Error).message;
        throw new LbError({ code: "unavailable", what: "the state directory", why }, { cause });
      }
    },
  };
}

function replaceDurably(path: string, content: string): void {
  const temporary = `${path}.tmp`;
  synced(temporary, "w", (fd) => writeFileSync(fd, content));
  renameSync(temporary, path);
  synced(dirname(path), "r", () => {});
}

function synced(path: string, flags: "r" | "w", write: (fd: number) => void): void {
  const fd = openSync(path, flags, 0o600);
  try {
    write(fd);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
