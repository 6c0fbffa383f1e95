import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createFolder } from "../testing/run-tandem.ts";
import { createFile, writeAll } from "./create-file.ts";

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

/** A file on a disk with room for so many bytes, which takes three at once. */
function createNarrowFile(room: number) {
  const taken: number[] = [];
  const write = async (bytes: Uint8Array, at: number) => {
    const part = bytes.subarray(at, at + Math.min(3, room - taken.length));
    if (part.length === 0) throw new Error("full");
    taken.push(...part);
    return { bytesWritten: part.length, buffer: bytes };
  };
  return { file: { write } as unknown as Parameters<typeof writeAll>[0], taken };
}

test("what is taken only in parts is written as a whole, or as far as there is room", async () => {
  const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7);
  const wide = createNarrowFile(10);
  await writeAll(wide.file, bytes);
  expect(wide.taken).toEqual([...bytes]);
  const narrow = createNarrowFile(5);
  await expect(writeAll(narrow.file, bytes)).rejects.toThrow("full");
  expect(narrow.taken).toEqual([1, 2, 3, 4, 5]);
});
