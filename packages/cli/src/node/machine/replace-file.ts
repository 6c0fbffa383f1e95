import { renameSync, writeFileSync } from "node:fs";

/** Give a file a new content by rename: a reader sees the old one or the new one, never a part. Throws what the file system throws. */
export function replaceFile(path: string, content: string): void {
  const temporary = `${path}.tmp`;
  writeFileSync(temporary, content, { mode: 0o600 });
  renameSync(temporary, path);
}
