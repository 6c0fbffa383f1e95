/** The small files by which a director tells keepalived how it is. */
import { readFileSync } from "node:fs";
import { uptime } from "node:os";
import { replaceFile } from "../machine/replace-file.ts";

/** Write `1` or `0` for keepalived to weigh. Throws what the file system throws. */
export const writeFlag = (path: string, value: boolean): void => replaceFile(path, value ? "1\n" : "0\n");

/** An absent or unreadable file counts as 0, for keepalived too. Never throws. */
export function readFlag(path: string): boolean {
  try {
    return readFileSync(path, "utf8").trim() === "1";
  } catch {
    return false;
  }
}

/** Write the time of a heartbeat: hundredths of a second since boot, as in `/proc/uptime`. Throws what the file system throws. */
export const writeHeartbeat = (path: string): void => replaceFile(path, `${Math.floor(uptime() * 100)}\n`);
