/** One process per instance: whoever holds the lock owns its rings, maps and programs. */
import { closeSync, openSync } from "node:fs";
import { LbError } from "@tandem/model";
import { tryLock } from "./syscalls.ts";

/**
 * Lock an instance until the descriptor that comes back is closed or the process ends.
 *
 * @throws `LbError`: refused if another one holds it, unavailable if there can be no such file
 */
export function lockInstance(path: string): number {
  const fd = open(path);
  if (tryLock(fd)) return fd;
  closeSync(fd);
  const why = `another process holds "${path}"`;
  throw new LbError({
    code: "refused",
    doing: "take over the data plane",
    why,
    want: "one process per instance: stop the daemon that holds it first",
  });
}

function open(path: string): number {
  try {
    return openSync(path, "a", 0o600);
  } catch (cause) {
    const why = (cause as Error).message;
    throw new LbError(
      { code: "unavailable", what: "the file that is locked while a daemon runs", why },
      { cause },
    );
  }
}
