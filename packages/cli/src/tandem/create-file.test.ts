import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createFolder } from "../testing/run-tandem.ts";
import { createFile } from "./create-file.ts";

test("a file holds what was written, in order, and nothing of what was there", async () => {
  const path = join(await createFolder(), "capture");
  await writeFile(path, "x".repeat(100));
  const file = await createFile(path);
  await file.write(Buffer.from("one "));
  expect(await readFile(path, "utf8")).toBe("one "); // at once: somebody may read it meanwhile
  await file.write(Buffer.from("two"));
  await file.close();
  expect(await readFile(path, "utf8")).toBe("one two");
});

const refused: [path: string, says: string][] = [
  [
    "/nowhere/capture",
    'Cannot write "/nowhere/capture": there is no such directory, wanted a file that can be',
  ],
  ["/", 'Cannot write "/": it is a directory'],
];
for (const [path, says] of refused) {
  test(`a file at "${path}" is refused in words`, () => expect(createFile(path)).rejects.toThrow(says));
}

test("a disk that is full is told", async () => {
  const file = await createFile("/dev/full");
  await expect(file.write(Buffer.from("x"))).rejects.toThrow('Cannot write "/dev/full": no space is left');
  await file.close();
});
