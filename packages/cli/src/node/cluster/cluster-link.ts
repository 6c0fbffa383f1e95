/** A node's way to its cluster: the key that all directors share, and NATS. */
import { createAesGcmSeal, createNatsTransport, type NatsTransport, type Seal } from "@tandem/sync";
import type { NodeConfig } from "../config/node-config.ts";
import { readKeyFile, readSecret } from "../machine/secret-file.ts";

/** What being one of several takes. */
export interface ClusterLink {
  readonly cluster: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly transport: NatsTransport;
}

/**
 * Open the way to the cluster; undefined for a director on its own. NATS is connected to in the background.
 *
 * @throws LbError refused or unavailable for a key or password file that cannot be used
 */
export async function openClusterLink(config: NodeConfig): Promise<ClusterLink | undefined> {
  const { cluster, nats } = config;
  if (!cluster || !nats) return undefined;
  const key = await readKeyFile(cluster.keyFile);
  const password = nats.passwordFile === undefined ? {} : { password: await readSecret(nats.passwordFile) };
  const user = nats.user === undefined ? {} : { user: nats.user };
  const transport = createNatsTransport({
    servers: nats.servers,
    name: `tandem ${config.name}`,
    ...user,
    ...password,
  });
  return { cluster: cluster.name, key, transport };
}

/** The one key that a cluster has until keys are rotated. */
const KEY_ID = 0;

/** What frames are sealed with. */
export function createSeal({ key }: ClusterLink): Seal {
  return createAesGcmSeal(new Map([[KEY_ID, key]]), KEY_ID);
}
