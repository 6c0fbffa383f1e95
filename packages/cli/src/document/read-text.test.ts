import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readText } from "./read-text.ts";

async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "tandem-read-"));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

test("text file is read", async () => {
  const path = join(await directory(), "lb.yaml");
  await writeFile(path, "é\n");
  expect(await readText(path)).toBe("é\n");
});

test("file that does not exist is named", async () => {
  const path = join(await directory(), "lb.yaml");
  await expect(readText(path)).rejects.toThrow(`Cannot find file "${path}"`);
});

test("directory is no file", async () => {
  const path = await directory();
  await expect(readText(path)).rejects.toThrow(`Cannot read "${path}": it is a directory, wanted a file`);
});

const binaries: [what: string, bytes: number[]][] = [
  ["a zero byte", [0x61, 0, 0x62]],
  ["bytes that are not UTF-8", [0x61, 0xff, 0xfe]],
  ["half a character", [0xc3]],
];
for (const [what, bytes] of binaries) {
  test(`file with ${what} is no text`, async () => {
    const path = join(await directory(), "lb.yaml");
    await writeFile(path, Uint8Array.from(bytes));
    await expect(readText(path)).rejects.toThrow(`Cannot read "${path}": it is no text, wanted UTF-8`);
  });
}

test("file beyond reason is not read", async () => {
  const path = join(await directory(), "lb.yaml");
  await writeFile(path, "");
  await truncate(path, 2 ** 30);
  await expect(readText(path)).rejects.toThrow("it has 1073741824 bytes, wanted at most 16777216");
});

test("file below a file does not exist as such", async () => {
  const path = join(await directory(), "lb.yaml");
  await writeFile(path, "x");
  await expect(readText(join(path, "x"))).rejects.toThrow(
    "a part of its path is no directory, wanted a file",
  );
});
