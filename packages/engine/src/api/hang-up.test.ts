import { mkdtempSync, rmSync } from "node:fs";
import { createServer as createHttp2 } from "node:http2";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LbError } from "@tandem/model/failure";
import { expect, onTestFinished, test } from "vitest";
import { connectNode, type RemoteNode } from "./client.ts";

/** Well below the 5 s that an answer may take. */
const SOON_MS = 4_000;

const asks: [what: string, ask: (node: RemoteNode) => Promise<unknown>, isOpen: boolean][] = [
  ["a question", (node) => node.status(), false],
  [
    "an explanation",
    (node) => node.explain({ protocol: "tcp", client: "198.51.100.7", virtual: "192.0.2.1:80", mark: 0 }),
    false,
  ],
  ["a change", (node) => node.setMaintenance({ on: true, author: "a" }), true],
  ["a dry run", (node) => node.switchover({ dryRun: true, force: false, author: "a" }), false],
  ["lines of ipvsadm", (node) => node.ipvsadm({ ...by, args: ["-R"], input: "-C" }), true],
  [
    "a line of ipvsadm, whatever its words",
    (node) => node.ipvsadm({ ...by, args: ["-Ln"], input: "" }),
    true,
  ],
];
const by = { author: "a", role: "admin" } as const;
for (const [what, ask, isOpen] of asks) {
  test(`${what} whose answer never comes ${isOpen ? "is told as what may have been carried out" : "has just failed"}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "tandem-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "api.sock");
    const dying = createHttp2()
      .on("stream", ({ session }) => session?.destroy())
      .listen(path);
    onTestFinished(() => void dying.close());
    const node = connectNode(path);
    onTestFinished(() => node.close());
    const { message } = (await ask(node).catch((error: unknown) => error)) as LbError;
    expect(message).toMatch(/^Cannot reach the daemon at /);
    expect(message.endsWith("; what was asked may have been carried out")).toBe(isOpen);
  });
}

test("a change that could not be sent has not been carried out", async () => {
  const node = connectNode("/nowhere/api.sock");
  onTestFinished(() => node.close());
  const failed = node.setMaintenance({ on: true, author: "a" });
  await expect(failed).rejects.not.toThrow("carried out");
});

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
