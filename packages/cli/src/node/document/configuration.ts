/** Where a node's document comes from: the cluster's store with a copy on disk, or a file of its own. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { LbError, specOf } from "@tandem/model";
import {
  type ConfigKeeper,
  type ConfigKeeperOptions,
  createBucketConfigStore,
  createChecksumSigner,
  createClusterSigner,
  createConfigCache,
  createFileConfigStore,
  createNatsBucket,
  openConfigKeeper,
  type StoredDocument,
} from "@tandem/sync";
import type { Logger } from "pino";
import { loadWritten } from "../../document/load-document.ts";
import { readText } from "../../document/read-text.ts";
import type { ClusterLink } from "../cluster/cluster-link.ts";
import type { NodeConfig } from "../config/node-config.ts";

/** Told of documents and of how the store looks. */
export type ConfigurationListener = Pick<ConfigKeeperOptions, "onDocument" | "onEmpty" | "onView">;

/** Open a node's configuration: with a cluster's store behind it, or standalone. @throws LbError for a document file with mistakes in it */
export function openConfiguration(
  config: NodeConfig,
  listener: ConfigurationListener,
  around: { link: ClusterLink | undefined; log: Logger },
): Promise<ConfigKeeper> {
  return around.link
    ? openCluster(config, listener, around.link)
    : openStandalone(config, listener, around.log);
}

function openCluster(
  config: NodeConfig,
  listener: ConfigurationListener,
  { cluster, key, transport }: ClusterLink,
): Promise<ConfigKeeper> {
  const signer = createClusterSigner(key, cluster);
  const replicas = config.nats?.replicas ?? 1;
  const bucket = createNatsBucket({ connection: transport.connection(), cluster, replicas });
  const store = createBucketConfigStore({ bucket, signer });
  return openConfigKeeper({
    store,
    away: () => (transport.isConnected() ? undefined : "NATS is away"),
    cache: createConfigCache({ directory: config.stateDir, signer }),
    ...listener,
  });
}

/**
 * A file that was changed after the last `tandem apply` wins over it; otherwise what was applied stays. If no copy of that can be read, the
 * file is all there is; without one the damaged copies stay where they are, because nothing in their place would mean "no services".
 */
async function openStandalone(
  config: NodeConfig,
  listener: ConfigurationListener,
  log: Logger,
): Promise<ConfigKeeper> {
  const signer = createChecksumSigner();
  const cache = createConfigCache({ directory: join(config.stateDir, "standalone"), signer });
  const store = createFileConfigStore({ cache });
  const { stored, problems } = await cache.load();
  if (problems.length > 0) log.warn({ problems }, "copies of the document on disk are damaged");
  const path = config.document!;
  const file = await stat(path).catch(() => undefined);
  const isNewer = file && file.mtimeMs > (stored?.head.timeMs ?? 0);
  const written = isNewer ? loadWritten(await readText(path), path) : undefined;
  if (!file) log.warn({ path }, "no document file: running what was applied last, or nothing");
  if (written && !stored) await cache.setAside().catch(() => {}); // then the change below says what is wrong
  const { onEmpty: _, ...withoutEmpty } = listener; // not even for a moment, when services come from the file
  const keeper = await openConfigKeeper({
    store,
    ...(stored && problems.length > 0 && { damage: damageOf(stored, problems) }),
    ...(written?.spec.services.length ? withoutEmpty : listener),
  });
  const isNews = written && !isDeepStrictEqual(written.spec, specOf(keeper.current()));
  if (!isNews) return keeper;
  try {
    await keeper.change(() => written.spec, path, { text: written.text });
  } catch (error) {
    if (!stored || !isUnavailable(error)) throw error;
    log.error({ path, err: error }, "the document file cannot be taken up: running what was applied last");
  }
  return keeper;
}

/** For an alarm: what could not be read, and what runs in its place. */
const damageOf = ({ head }: StoredDocument, problems: readonly string[]): string =>
  `${problems.join("; ")}; revision ${head.revision} is the newest that could be read`;

/** As a disk is that became full, or read-only. */
const isUnavailable = (error: unknown): boolean =>
  error instanceof LbError && error.failure.code === "unavailable";
