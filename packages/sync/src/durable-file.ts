/** Files that are there after a power cut. Both reject with the file system's error. */
import { open } from "node:fs/promises";

/** Write a file, readable by its owner alone, and wait for the disk. What does not fit on it is taken away again: others need the room. */
export async function writeDurably(file: string, content: string | Uint8Array): Promise<void> {
  const handle = await open(file, "w", 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } catch (error) {
    await handle.truncate().catch(() => {});
    throw error;
  } finally {
    await handle.close();
  }
}

/** A rename is durable once its directory is. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
