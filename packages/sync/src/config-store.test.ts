import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { testConfigBucket, testConfigShelf } from "./config-bucket.contract.ts";
import { createMemoryBucket } from "./config-bucket-memory.ts";
import { createConfigCache } from "./config-cache.ts";
import { createDirectoryShelf } from "./config-shelf-directory.ts";
import { createChecksumSigner, createClusterSigner } from "./config-sign.ts";
import { testConfigStore } from "./config-store.contract.ts";
import { createBucketConfigStore } from "./config-store-bucket.ts";
import { createFileConfigStore } from "./config-store-file.ts";

async function createDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "tandem-config-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

testConfigBucket("memory", async () => createMemoryBucket());

testConfigShelf("directory", async () =>
  createDirectoryShelf(join(await createDirectory(), "deep", "shelf")),
);

testConfigStore("memory", async () => {
  const bucket = createMemoryBucket();
  const open = () =>
    createBucketConfigStore({
      bucket,
      signer: createClusterSigner(new Uint8Array(32), "prod"),
      wallMs: () => 0,
      after: () => () => {},
    });
  return { here: open(), there: open() };
});

testConfigStore("file", async () => {
  const directory = await createDirectory();
  const cache = createConfigCache({ directory, signer: createChecksumSigner() });
  const store = createFileConfigStore({ cache, wallMs: () => 0 });
  return { here: store, there: store };
});
