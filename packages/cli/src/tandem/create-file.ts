/** Files that a command writes while it goes on. */
import { type FileHandle, open } from "node:fs/promises";
import { LbError } from "@tandem/model/failure";
import type { NewFile } from "./command.ts";

/** Begin a file; what was there is gone. Every failure is an `LbError` (refused). */
export async function createFile(path: string): Promise<NewFile> {
  const file = await tried(path, () => open(path, "w"));
  return {
    write: (bytes) => tried(path, () => writeAll(file, bytes)),
    close: () => tried(path, () => file.close()),
  };
}

/** Write all of it: a full disk takes a part before it refuses. Fails as the file does. */
export async function writeAll(file: Pick<FileHandle, "write">, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such directory",
  EACCES: "permission denied",
  EISDIR: "it is a directory",
  ENOSPC: "no space is left",
};

async function tried<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    const { code = "", message } = cause as NodeJS.ErrnoException;
    const why = REASONS[code] ?? message;
    throw new LbError(
      { code: "refused", doing: `write "${path}"`, why, want: "a file that can be written" },
      { cause },
    );
  }
}
