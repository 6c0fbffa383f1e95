import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { takeLock } from "./lock.ts";

const dir = mkdtempSync(join(tmpdir(), "tandem-lock-"));
afterAll(() => rmSync(dir, { recursive: true }));

test("lock is given to one at a time, and the waiting one is told who holds it", async () => {
  const file = join(dir, "one");
  const order: string[] = [];
  const first = await takeLock("the first", { file });
  const told = Promise.withResolvers<string>();
  const second = takeLock("the second", { file, onWait: told.resolve }).then((lock) => {
    order.push("second has it");
    return lock;
  });
  expect(await told.promise).toBe("the first");
  order.push("first gives it back");
  await first.release();
  await (await second).release();
  expect(order).toEqual(["first gives it back", "second has it"]);
});

test("lock is free once its holder was killed", async () => {
  const file = join(dir, "killed");
  const door = new URL("lock.ts", import.meta.url).href;
  const script = `const { takeLock } = await import("${door}"); await takeLock("doomed", { file: "${file}" }); console.log("held")`;
  const holder = spawn(process.execPath, ["--input-type=module", "-e", script]);
  await once(holder.stdout, "data");
  const told = Promise.withResolvers<string>();
  const next = takeLock("the next", { file, onWait: told.resolve });
  expect(await told.promise).toBe("doomed");
  holder.kill("SIGKILL");
  await (await next).release();
});

test("lock says why it cannot be taken", async () => {
  const taking = takeLock("nobody", { file: join(dir, "no", "such", "dir") });
  await expect(taking).rejects.toThrow(/Cannot take the lock ".*dir": flock said ".*No such file/);
});
