/** The way to a daemon on the network: TLS with a certificate on either side, and plain words when that fails. */

import { type CallTerms, connectNode, type RemoteNode, type ServerAddress } from "@tandem/engine/client";
import { LbError } from "@tandem/model/failure";
import { readText } from "./document/read-text.ts";
import { knockTls } from "./knock-tls.ts";
import { readSecret } from "./node/machine/secret-file.ts";

/** PEM files that prove who is who. */
export interface Proof {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/**
 * Connect to a daemon on the network.
 *
 * @param server `host:port`, IPv6 in brackets
 * @throws LbError invalid_argument (no such address, or a file is not named), not_found, refused (files), unavailable: `Cannot reach the daemon at "…": …`
 */
export async function connectServer(server: string, proof: Proof, terms?: CallTerms): Promise<RemoteNode> {
  const [, v6, name, port] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(server) ?? [];
  const host = v6 ?? name;
  if (!host) throw misfit("--server", `"${server}"`, "host:port, IPv6 in brackets");
  const address = { server, ...(await readProof(proof)) };
  await knockTls({ host, port: Number(port) }, address);
  return connectNode(address, terms);
}

async function readProof({ ca, cert, key }: Proof): Promise<Omit<ServerAddress, "server">> {
  const named = <T>(option: string, path: string | undefined, read: (path: string) => Promise<T>) => {
    if (path === undefined) throw misfit(option, "missing", "a PEM file, beside --server");
    return read(path);
  };
  return {
    ca: await named("--ca", ca, readText),
    certificate: await named("--cert", cert, readText),
    key: await named("--key", key, readSecret),
  };
}

const misfit = (field: string, got: string, want: string): LbError =>
  new LbError({ code: "invalid_argument", doing: "connect", field, got, want });
