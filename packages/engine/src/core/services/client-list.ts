/** Which clients a service serves: the longest of its allowed and denied prefixes decides, as in the fast path's map. */
import { maskBytes, type Prefix, parsePrefix } from "@tandem/model";
import { wordsOf } from "../../packet/words.ts";
import { createWordMap, type WordMap } from "../word-map.ts";

/** Whether a client is served; `words` holds its address, 1 or 4 words as they stand in packets, from `at` on. */
export type ClientList = (words: Uint32Array, at: number) => boolean;

interface Length {
  readonly bits: number;
  readonly mask: Uint32Array;
  readonly isAllowed: WordMap<boolean>;
}

/** A list of prefixes of one family, as documents write them. Nobody else than the allowed is served, if there are any. */
export function createClientList(allow: readonly string[], deny: readonly string[]): ClientList {
  const lengths = new Map<number, Length>();
  for (const text of allow) add(lengths, parsePrefix(text)!, true);
  for (const text of deny) add(lengths, parsePrefix(text)!, false);
  const longestFirst = [...lengths.values()].toSorted((a, b) => b.bits - a.bits);
  const masked = new Uint32Array(4);
  return (words, at) => {
    for (const { mask, isAllowed } of longestFirst) {
      for (let i = 0; i < mask.length; i++) masked[i] = words[at + i]! & mask[i]!;
      const verdict = isAllowed.get(masked);
      if (verdict !== undefined) return verdict;
    }
    return allow.length === 0;
  };
}

function add(lengths: Map<number, Length>, { address, bits }: Prefix, isAllowed: boolean): void {
  const mask = maskWords(address.length / 4, bits);
  const length = lengths.get(bits) ?? { bits, mask, isAllowed: createWordMap<boolean>(mask.length) };
  lengths.set(bits, length);
  length.isAllowed.set(wordsOf(address), isAllowed);
}

/** The words of an address whose first `bits` bits are set. */
export function maskWords(count: number, bits: number): Uint32Array {
  return wordsOf(maskBytes(new Uint8Array(4 * count).fill(0xff), bits));
}
