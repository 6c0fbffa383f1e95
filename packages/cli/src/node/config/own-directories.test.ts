import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createFolder } from "../../testing/run-tandem.ts";
import { claimDirectories } from "./own-directories.ts";

test("a daemon's directories are made, and the state directory is one daemon's at a time", async () => {
  const folder = await createFolder();
  const of = (runtime: string) => ({ runtimeDir: join(folder, runtime), stateDir: join(folder, "state") });
  const release = claimDirectories(of("a"));
  expect(() => claimDirectories(of("b"))).toThrow(
    `Cannot use the directory: another process holds "${join(folder, "state")}" (pid ${process.pid}), wanted one process per instance`,
  );
  release();
  claimDirectories(of("b"))();
});

test("what a daemon keeps is for its own user alone, from its first start on", async () => {
  const folder = await createFolder();
  const [runtimeDir, stateDir] = [join(folder, "run"), join(folder, "state")];
  claimDirectories({ runtimeDir, stateDir })();
  expect(statSync(stateDir).mode & 0o777).toBe(0o700);
});

test("a runtime directory that cannot be made is refused in words", async () => {
  const folder = await createFolder();
  writeFileSync(join(folder, "file"), "");
  const claim = () => claimDirectories({ runtimeDir: join(folder, "file", "run"), stateDir: folder });
  expect(claim).toThrow(/^Cannot reach the runtime directory: ENOTDIR/);
});

test("a state directory that cannot be made keeps nobody from serving", async () => {
  const folder = await createFolder();
  writeFileSync(join(folder, "file"), "");
  claimDirectories({ runtimeDir: folder, stateDir: join(folder, "file", "state") })();
  mkdirSync(join(folder, "state"), { mode: 0o500 });
  claimDirectories({ runtimeDir: folder, stateDir: join(folder, "state") })();
});
