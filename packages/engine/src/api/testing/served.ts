/** A server of the API with the sample node behind it, for the duration of a test. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import type { NodeApi } from "../node-api.ts";
import { type ApiServer, type ApiServerOptions, startApiServer } from "../server.ts";
import { createSampleNode } from "./sample-node.ts";

/** A server that a test may call. */
export interface Served {
  readonly server: ApiServer;
  /** Of its unix socket. */
  readonly socketPath: string;
  /** As gRPC's clients have it. */
  readonly target: string;
}

/** Serves until the test ends, and sees that no handler met a bug. */
export async function serveSample(
  overrides: Partial<NodeApi> = {},
  options: Partial<ApiServerOptions> = {},
): Promise<Served> {
  const dir = await mkdtemp(join(tmpdir(), "api-"));
  const socketPath = join(dir, "api.sock");
  const bugs: unknown[] = [];
  const server = await startApiServer({
    socketPath,
    api: createSampleNode(overrides),
    onBug: (bug) => bugs.push(bug),
    health: async () => ({ ok: true, why: "ok" }),
    ...options,
  });
  onTestFinished(async () => {
    await server.stop();
    await rm(dir, { recursive: true });
    expect(bugs).toEqual([]);
  });
  return { server, socketPath, target: `unix:${socketPath}` };
}
