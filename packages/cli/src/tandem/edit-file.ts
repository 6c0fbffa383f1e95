/** The file that `tandem edit` hands to the editor: the document, and above it what is to be told. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readText } from "../document/read-text.ts";

/** Begins each line of what is told; such lines above the document are no part of it. */
const TOLD = "#: ";

/** A file in a directory of its own, readable by its owner alone. Rejects with the file system's error, or `LbError` for what is no text. */
export interface EditFile {
  readonly path: string;
  /** Write what is told, and below it the document. */
  write(told: readonly string[], text: string): Promise<void>;
  /** The document, without what was told. */
  read(): Promise<string>;
  remove(): Promise<void>;
}

/** A new one, in a new directory. */
export async function createEditFile(): Promise<EditFile> {
  const folder = await mkdtemp(join(tmpdir(), "tandem-edit-"));
  const path = join(folder, "document.yaml");
  return {
    path,
    write: (told, text) =>
      writeFile(path, told.map((line) => `${TOLD}${line}\n`).join("") + text, { mode: 0o600 }),
    read: async () => withoutTold(await readText(path)),
    remove: () => rm(folder, { recursive: true }),
  };
}

/** A text without the lines that were told above it. */
export const withoutTold = (text: string): string => text.replace(/^(?:#:.*\n?)+/, "");
