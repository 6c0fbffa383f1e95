/** Files whose contents only the node may know. */
import { stat } from "node:fs/promises";
import { LbError } from "@tandem/model";
import { readText } from "../../document/read-text.ts";

const KEY_BYTES = 32;
/** Others may not read, and the group may not write: a group that may read, such as one for backups, is the operator's choice. */
const FORBIDDEN_MODE = 0o027;

/**
 * Read a secret text, without the line end that editors add.
 *
 * @throws LbError as `readText`, and `refused` when others could read it
 */
export async function readSecret(path: string): Promise<string> {
  const text = await readText(path);
  const mode = (await stat(path)).mode & 0o777;
  if (mode & FORBIDDEN_MODE) {
    const shown = mode.toString(8).padStart(4, "0");
    const want = `0640 or less (chmod 600 ${path})`;
    throw new LbError({ code: "refused", doing: `use "${path}"`, why: `its mode is ${shown}`, want });
  }
  return text.trim();
}

/**
 * Read a cluster's key: 32 bytes in base64 or hexadecimal.
 *
 * @throws LbError `refused` for anything else, or as `readSecret`; the message does not repeat the contents
 */
export async function readKeyFile(path: string): Promise<Uint8Array> {
  const text = await readSecret(path).catch((error) => {
    throw isNotFound(error) ? noKey(path, error) : error;
  });
  const key = Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? "hex" : "base64");
  if (key.length === KEY_BYTES && /^[A-Za-z0-9+/_-]+=*$/.test(text)) return key;
  const want = `${KEY_BYTES} in base64 or hexadecimal (openssl rand -base64 ${KEY_BYTES})`;
  const why = `it holds ${text.length} characters that are no key of ${KEY_BYTES} bytes`;
  throw new LbError({ code: "refused", doing: `use key file "${path}"`, why, want });
}

const isNotFound = (error: unknown): boolean =>
  error instanceof LbError && error.failure.code === "not_found";

/** Who starts the first director has to make it, and who starts another one has to know that it is the same. */
function noKey(path: string, cause: unknown): LbError {
  const make = `(umask 077; openssl rand -base64 ${KEY_BYTES} > ${path})`;
  const want = `the key that all directors share: copied from another one, or for the first one made by \`${make}\``;
  const why = "the file that `cluster.keyFile` names is not there";
  return new LbError({ code: "refused", doing: `use key file "${path}"`, why, want }, { cause });
}
