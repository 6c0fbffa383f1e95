import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { LbError } from "@tandem/model";
import { allowListTable, type DirectorVrrpSpec, emitAllowList } from "keepalived-config";
import { replaceFile } from "../machine/replace-file.ts";

const run = promisify(execFile);

/**
 * Let only the peers' adverts into this network namespace; without peers in `spec`, everybody's.
 * The text stays in `file` for the operator to read. Rejects with LbError `unavailable` in nft's own words.
 */
export async function loadAllowList(spec: DirectorVrrpSpec, file: string): Promise<void> {
  const text = emitAllowList(spec);
  if (text === undefined) return unloadAllowList(spec);
  replaceFile(file, text);
  await run("nft", ["-f", file]).catch((error) => {
    throw new LbError({ code: "unavailable", what: "nft", why: String(error) }, { cause: error });
  });
}

/** Take the allow-list away again. Resolves as well when there is none, or no nft. */
export async function unloadAllowList(spec: DirectorVrrpSpec): Promise<void> {
  await run("nft", ["delete", "table", "inet", allowListTable(spec)]).catch(() => {});
}
