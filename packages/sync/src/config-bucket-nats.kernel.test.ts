/** The configuration store over a real nats-server on 127.0.0.1. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { testConfigBucket } from "./config-bucket.contract.ts";
import { createNatsBucket } from "./config-bucket-nats.ts";
import { createClusterSigner } from "./config-sign.ts";
import { testConfigStore } from "./config-store.contract.ts";
import { createBucketConfigStore } from "./config-store-bucket.ts";
import { sampleDocument } from "./testing/config-samples.ts";

const directory = mkdtempSync(join(tmpdir(), "tandem-nats-"));
let port: number;
let server: ChildProcess;
let connection: NatsConnection;
let clusters = 0;

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}

function startServer(): Promise<void> {
  server = spawn("/usr/sbin/nats-server", ["-a", "127.0.0.1", "-p", `${port}`, "-js", "-sd", directory]);
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`nats-server ended with ${code}`)));
    server.stderr!.on("data", (log) => `${log}`.includes("Server is ready") && resolve());
  });
}

async function stopServer(): Promise<void> {
  server.kill("SIGKILL");
  await once(server, "exit");
}

const createBucket = (cluster: string) =>
  createNatsBucket({ connection: Promise.resolve(connection), cluster, replicas: 1, timeoutMs: 1000 });

const createStore = (cluster: string) =>
  createBucketConfigStore({
    bucket: createBucket(cluster),
    signer: createClusterSigner(new Uint8Array(32), cluster),
    rereadMs: 500,
  });

beforeAll(async () => {
  port = await freePort();
  await startServer();
  connection = await connect({
    servers: `127.0.0.1:${port}`,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 100,
  });
});

afterAll(async () => {
  await connection.close();
  await stopServer();
  rmSync(directory, { recursive: true });
});

testConfigBucket("nats", async () => createBucket(`bucket-${++clusters}`));

testConfigStore("nats", async () => {
  const cluster = `store-${++clusters}`;
  return { here: createStore(cluster), there: createStore(cluster) };
});

test("nats bucket says within its time that no server has answered yet", async () => {
  const never = new Promise<NatsConnection>(() => {});
  const bucket = createNatsBucket({ connection: never, cluster: "none", replicas: 1, timeoutMs: 50 });
  await expect(bucket.get("head")).rejects.toThrow(
    "Cannot reach the configuration in NATS: no server has answered yet",
  );
});

test("nats bucket says what is used up when JetStream has no room", async () => {
  const connection = Promise.reject(new Error("insufficient resources"));
  const bucket = createNatsBucket({ connection, cluster: "full", replicas: 1, timeoutMs: 50 });
  await expect(bucket.get("head")).rejects.toThrow(
    "insufficient resources: JetStream's room for files (`max_file_store` of the servers, or the account's limit) is used up",
  );
});

test("nats configuration store is unavailable while the server is away, and a watcher sees what changed meanwhile", async () => {
  const [watched, other] = [createStore("outage"), createStore("outage")];
  const first = sampleDocument();
  await other.propose({ document: first, expectedRevision: 0, author: "ann" });
  const seen: string[] = [];
  const unwatch = watched.watch((reading) =>
    seen.push(reading.kind === "document" ? `revision ${reading.stored.head.revision}` : reading.kind),
  );
  await vi.waitFor(() => expect(seen).toContain("revision 1"), { timeout: 10_000 });
  await stopServer();
  await vi.waitFor(() => expect(seen).toContain("unavailable"), { timeout: 20_000 });
  const second = sampleDocument(first);
  const refused = await other.propose({ document: second, expectedRevision: 1, author: "ann" });
  expect(refused.kind).toBe("unavailable");
  await startServer();
  await vi.waitFor(
    async () => {
      const outcome = await other.propose({ document: second, expectedRevision: 1, author: "ann" });
      expect(["committed", "stale"]).toContain(outcome.kind);
    },
    { timeout: 20_000 },
  );
  await vi.waitFor(() => expect(seen).toContain("revision 2"), { timeout: 20_000 });
  unwatch();
});
