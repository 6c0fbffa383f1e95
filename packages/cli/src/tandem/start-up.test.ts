import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";
import { createFolder } from "../testing/run-tandem.ts";
import { COMMANDS } from "./commands.ts";

const here = import.meta.dirname;
const DOORS: Readonly<Record<string, string>> = {
  "@tandem/engine/client": join(here, "../../../engine/src/client.ts"),
  "@tandem/model/failure": join(here, "../../../model/src/failure.ts"),
};

/** Packages that are loaded with these files, whatever happens then: by `import` statements for more than types. */
function loadedWith(...files: readonly string[]): string[] {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file) || !file.endsWith(".ts")) return;
    seen.add(file);
    const imports = readFileSync(file, "utf8").matchAll(
      /(?:^|\n)(?:import|export) (?!type )[^;]*?from "([^"]+)"/g,
    );
    for (const [, name = ""] of imports) {
      const path = name.startsWith(".") ? resolve(dirname(file), name) : DOORS[name];
      if (path) visit(path);
      else if (!name.startsWith("node:") && !builtinModules.includes(name)) packages.add(name);
    }
  };
  for (const file of files) visit(resolve(here, file));
  return [...packages].sort();
}

test("the help waits for commander and nothing else", () =>
  expect(loadedWith("main.ts")).toEqual(["commander"]));

test("asking the daemon waits for gRPC and nothing else", () =>
  expect(loadedWith("../client.ts", "commands/status.ts")).toEqual(["@grpc/grpc-js", "@grpc/proto-loader"]));

test("no command but doctor waits for the director's engine", () => {
  const table = readFileSync(join(here, "commands.ts"), "utf8");
  const files = [...table.matchAll(/import\("(.*?)"\)/g)].map(([, file]) => file!);
  expect(files.length).toBeGreaterThanOrEqual(COMMANDS.length);
  expect(files.filter((file) => loadedWith(file).includes("@tandem/engine"))).toEqual([
    "./commands/doctor.ts",
  ]);
});

const { cacheFolder, isOurs } = await import(join(here, "../../bin/compile-cache.js"));

const folders: { uid: number; env: Record<string, string>; want: string | undefined }[] = [
  { uid: 0, env: { HOME: "/root", XDG_CACHE_HOME: "/home/eve/.cache" }, want: "/var/cache/tandem" },
  { uid: 1000, env: { HOME: "/home/ann" }, want: "/home/ann/.cache/tandem" },
  { uid: 1000, env: { HOME: "/home/ann", XDG_CACHE_HOME: "/fast" }, want: "/fast/tandem" },
  { uid: 1000, env: {}, want: undefined },
];
for (const { uid, env, want } of folders) {
  test(`user ${uid} with ${JSON.stringify(env)} keeps compiled code in ${want}`, () =>
    expect(cacheFolder(uid, env)).toBe(want));
}

test("compiled code is kept in a folder of one's own alone", async () => {
  const folder = await createFolder();
  const own = join(folder, "own");
  expect(isOurs(own)).toBe(true);
  expect(statSync(own).mode & 0o777).toBe(0o700);
  const shared = join(folder, "shared");
  mkdirSync(shared);
  chmodSync(shared, 0o777);
  expect(isOurs(shared)).toBe(false);
  symlinkSync(own, join(folder, "link"));
  expect(isOurs(join(folder, "link"))).toBe(false);
  expect(isOurs(join(folder, "missing/own"))).toBe(false);
});
