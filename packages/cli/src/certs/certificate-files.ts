/** A folder of certificates: an authority and what it certified, each as `name.crt` and `name.key`. */
import { access, mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { LbError } from "@tandem/model";
import { readText } from "../document/read-text.ts";
import { readSecret } from "../node/machine/secret-file.ts";
import type { KeyPair } from "./authority.ts";

/** A certificate and its key, or one of them, by the name that the files get. */
export interface NamedPair extends KeyPair {
  readonly file: string;
}

/** Who may read what. */
const MODES = { crt: 0o644, key: 0o600 } as const;

/** The pair of this name, if both files are there. @throws LbError refused, if one is there alone, or as `readSecret` */
export async function readPair(folder: string, file: string): Promise<KeyPair | undefined> {
  const [crt, key] = pathsOf(folder, file);
  const [hasCrt, hasKey] = await Promise.all([isThere(crt), isThere(key)]);
  if (!hasCrt && !hasKey) return undefined;
  if (hasCrt && hasKey) return { certificate: await readText(crt), key: `${await readSecret(key)}\n` };
  const [there, missing] = hasCrt ? [crt, key] : [key, crt];
  const why = `"${there}" is there without "${missing}"`;
  throw new LbError({
    code: "refused",
    doing: "use this authority",
    why,
    want: "both, or neither for a new one",
  });
}

/**
 * Write pairs to a folder, which is made if it is missing. All or none: nothing is written if any of the files is there already.
 *
 * @returns paths of what was written
 * @throws LbError refused, or unavailable when the folder cannot be written to
 */
export async function writePairs(folder: string, pairs: readonly NamedPair[]): Promise<string[]> {
  const files = pairs.flatMap(({ file, certificate, key }) => {
    const [crt, keyPath] = pathsOf(folder, file);
    return [
      { path: crt, text: certificate, mode: MODES.crt },
      { path: keyPath, text: key, mode: MODES.key },
    ];
  });
  for (const { path } of files) if (await isThere(path)) throw isTaken(path);
  try {
    await mkdir(folder, { recursive: true, mode: 0o755 });
    for (const file of files) await writeNew(file);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LbError({ code: "unavailable", what: `the folder "${folder}"`, why }, { cause });
  }
  return files.map(({ path }) => path);
}

const isTaken = (path: string): LbError =>
  new LbError({
    ...{ code: "refused", doing: `write "${path}"`, why: "it exists already" },
    want: "its .crt and .key moved away, to renew them: the same command then makes new ones, by the same authority",
  });

const pathsOf = (folder: string, file: string): [crt: string, key: string] => [
  join(folder, `${file}.crt`),
  join(folder, `${file}.key`),
];

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** The mode is right before a byte of the key is in it, whatever the umask. */
async function writeNew({ path, text, mode }: { path: string; text: string; mode: number }): Promise<void> {
  const file = await open(path, "wx", mode);
  try {
    await file.chmod(mode);
    await file.writeFile(text);
  } finally {
    await file.close();
  }
}
