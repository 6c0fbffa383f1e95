import { execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { writeDurably } from "./durable-file.ts";

test("file that does not fit on the disk takes no room there, and one that fits can be written after it", async () => {
  const disk = mkdtempSync(join(tmpdir(), "tandem-full-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "none", disk]);
  onTestFinished(() => {
    execFileSync("umount", [disk]);
    rmdirSync(disk);
  });
  await expect(writeDurably(join(disk, "large"), "x".repeat(100_000))).rejects.toThrow("ENOSPC");
  expect(statSync(join(disk, "large")).size).toBe(0);
  await writeDurably(join(disk, "small"), "x".repeat(60_000));
});
