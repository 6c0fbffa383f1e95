import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LbError } from "@tandem/model/failure";
import { expect, onTestFinished, test } from "vitest";
import { connectNode } from "./client.ts";

/** Well below the 5 s that an answer may take. */
const SOON_MS = 4_000;

test("who hangs up on a daemon that does not answer waits no longer", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tandem-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "api.sock");
  const silent = createServer(() => {}).listen(path);
  onTestFinished(() => void silent.close());
  const node = connectNode(path);
  const asked = node.status().catch((error: unknown) => error);
  const startMs = performance.now();
  node.close();
  expect(await asked).toBeInstanceOf(LbError);
  expect(performance.now() - startMs).toBeLessThan(SOON_MS);
});
