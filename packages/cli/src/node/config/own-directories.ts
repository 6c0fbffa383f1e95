/** The directories that are one daemon's own. */
import { closeSync, mkdirSync } from "node:fs";
import { lockDirectory } from "@tandem/engine";
import { LbError } from "@tandem/model";
import type { NodeConfig } from "./node-config.ts";

/**
 * Make the runtime and the state directory, and keep other daemons from writing the latter. Returns what gives it free again.
 *
 * A state directory that cannot be made is no reason not to serve: whoever writes there says so.
 *
 * @throws LbError unavailable without a runtime directory; refused if another daemon has the state directory
 */
export function claimDirectories({
  runtimeDir,
  stateDir,
}: Pick<NodeConfig, "runtimeDir" | "stateDir">): () => void {
  const cannot = make(runtimeDir, 0o755);
  if (cannot) throw new LbError({ code: "unavailable", what: "the runtime directory", why: cannot.message });
  if (make(stateDir, 0o700)) return () => {};
  const fd = lockDirectory(stateDir);
  return () => closeSync(fd);
}

/** @returns why there is no such directory, if there is none */
function make(path: string, mode: number): Error | undefined {
  try {
    mkdirSync(path, { recursive: true, mode });
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
