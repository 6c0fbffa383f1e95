import { mkdir, readdir, readFile, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import { LbError } from "@tandem/model";
import type { ConfigShelf } from "./config-bucket.ts";
import { syncDirectory, writeDurably } from "./durable-file.ts";

/** The file that is being written: no key. */
const UNFINISHED = "unfinished";

/** A shelf of files in a directory of its own, one a key. One process writes it, one key after the other: versions are all the same. */
export function createDirectoryShelf(directory: string): ConfigShelf {
  const path = (key: string) => join(directory, key);
  return {
    get: (key) =>
      ask(async () => {
        const value = await readFile(path(key)).catch(unlessMissing);
        return value && { value, version: 0 };
      }),
    put: (key, value) =>
      ask(async () => {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await writeDurably(path(UNFINISHED), value);
        await rename(path(UNFINISHED), path(key));
        await syncDirectory(directory);
      }),
    keys: (prefix) =>
      ask(async () => {
        const names = (await readdir(directory).catch(unlessMissing)) ?? [];
        return names.filter((name) => name.startsWith(`${prefix}.`));
      }),
    remove: (key) => ask(async () => void (await unlink(path(key)).catch(unlessMissing))),
  };
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

async function ask<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    const why = (cause as Error).message;
    throw new LbError({ code: "unavailable", what: "the configuration on disk", why }, { cause });
  }
}
