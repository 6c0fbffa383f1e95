import { readFile, stat } from "node:fs/promises";
import { LbError } from "@tandem/model";

/** Above this a file is no configuration: ten thousand destinations need one megabyte. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Read a text file that an operator named.
 *
 * @throws LbError `not_found`, or `refused` when it cannot be read or is no text
 */
export async function readText(path: string): Promise<string> {
  const refuse = (why: string, want: string, cause?: unknown) =>
    new LbError({ code: "refused", doing: `read "${path}"`, why, want }, { cause });
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw refuse(`it has ${size} bytes`, `at most ${MAX_BYTES}`);
    return decodeText(await readFile(path)) ?? fail(refuse("it is no text", "UTF-8"));
  } catch (error) {
    if (error instanceof LbError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT")
      throw new LbError({ code: "not_found", what: "file", key: path }, { cause: error });
    const [why, want] = REFUSALS[code ?? ""] ?? [message, "a readable file"];
    throw refuse(why, want, error);
  }
}

const REFUSALS: Readonly<Record<string, readonly [why: string, want: string]>> = {
  EACCES: [`user ${process.getuid?.()} may not`, "a file that it may read"],
  EISDIR: ["it is a directory", "a file"],
  ENOTDIR: ["a part of its path is no directory", "a file"],
};

/** UTF-8 without control characters other than white space; undefined for anything else. */
function decodeText(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function fail(error: LbError): never {
  throw error;
}
