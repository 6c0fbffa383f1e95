/**
 * What Node compiles is kept between runs: half of a short command's time goes by compiling. Plain JavaScript, because Node needs 40 ms
 * before it reads its first TypeScript. Code is run from there, so the folder must be nobody else's; without one, all is only slower.
 */
import { existsSync, lstatSync, mkdirSync } from "node:fs";
import module from "node:module";
import { join } from "node:path";

const OTHERS_MAY_WRITE = 0o022;

/** Never throws. */
export function keepCompiled() {
  const folder = cacheFolder(process.getuid(), process.env);
  if (folder !== undefined && isOurs(folder)) module.enableCompileCache(folder);
}

/** The folder for a user, who is known by his number. Root never takes a folder from the environment, which may be a user's. */
export function cacheFolder(uid, { XDG_CACHE_HOME, HOME }) {
  if (uid === 0) return "/var/cache/tandem";
  if (XDG_CACHE_HOME) return join(XDG_CACHE_HOME, "tandem");
  return HOME ? join(HOME, ".cache", "tandem") : undefined;
}

/** Whether a folder is there, or can be made, that nobody else may write to. Never throws. */
export function isOurs(folder) {
  try {
    if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
    const { uid, mode } = lstatSync(folder);
    return uid === process.getuid() && (mode & OTHERS_MAY_WRITE) === 0;
  } catch {
    return false;
  }
}
