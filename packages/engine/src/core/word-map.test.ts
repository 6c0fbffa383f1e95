import fc from "fast-check";
import { expect, test } from "vitest";
import { createWordMap, hashWords } from "./word-map.ts";

test("word map does what a Map of text does", () => {
  const step = fc.record({ a: fc.nat(3), b: fc.nat(3), value: fc.nat(), isDeletion: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const ours = createWordMap<number>(2);
      const theirs = new Map<string, number>();
      for (const { a, b, value, isDeletion } of steps) {
        const key = Uint32Array.of(a, b, value); // the third word does not count
        if (isDeletion) expect(ours.delete(key)).toBe(theirs.delete(`${a} ${b}`));
        else {
          ours.set(key, value);
          theirs.set(`${a} ${b}`, value);
        }
        expect(ours.get(key)).toBe(theirs.get(`${a} ${b}`));
        expect(ours.size).toBe(theirs.size);
      }
      const entries = [...ours.entries()].map(([key, value]) => [key.join(" "), value]);
      expect(new Map(entries as [string, number][])).toEqual(theirs);
    }),
  );
});

test("hash is MurmurHash3 of the words' bytes", () => {
  // check values of the reference implementation (MurmurHash3_x86_32)
  expect(hashWords(new Uint32Array(), 0, 0)).toBe(0);
  expect(hashWords(new Uint32Array(), 0, 1)).toBe(0x514e28b7);
  expect(hashWords(Uint32Array.of(0x87654321), 1, 0)).toBe(0xf55b516b);
  expect(hashWords(Uint32Array.of(0x87654321), 1, 0x5082edee)).toBe(0x2362f9de);
  expect(hashWords(Uint32Array.of(0), 1, 0)).toBe(0x2362f9de);
});

test("hash depends on the seed", () => {
  const words = Uint32Array.of(1, 2, 3);
  expect(hashWords(words, 3, 1)).not.toBe(hashWords(words, 3, 2));
});
