/** A map whose keys are a fixed number of 32-bit words: looked up on the packet path without allocating, changed elsewhere. */

interface Entry<T> {
  readonly key: Uint32Array;
  value: T;
}

/** A map from `keyWords` words to values; keys may be longer arrays, only the first `keyWords` words count. */
export interface WordMap<T> {
  readonly size: number;
  get(key: Uint32Array): T | undefined;
  /** The key is copied. */
  set(key: Uint32Array, value: T): void;
  delete(key: Uint32Array): boolean;
  clear(): void;
  entries(): Iterable<readonly [Uint32Array, T]>;
}

/** An empty `WordMap`. */
export function createWordMap<T>(keyWords: number): WordMap<T> {
  const chains = new Map<number, Entry<T>[]>();
  let size = 0;

  function find(key: Uint32Array): Entry<T> | undefined {
    const chain = chains.get(hashWords(key, keyWords, 0));
    if (chain) for (const entry of chain) if (equalWords(entry.key, key, keyWords)) return entry;
    return undefined;
  }

  return {
    get size() {
      return size;
    },
    get: (key) => find(key)?.value,
    set(key, value) {
      const known = find(key);
      if (known) {
        known.value = value;
        return;
      }
      const hash = hashWords(key, keyWords, 0);
      const chain = chains.get(hash) ?? [];
      chain.push({ key: key.slice(0, keyWords), value });
      chains.set(hash, chain);
      size++;
    },
    delete(key) {
      const hash = hashWords(key, keyWords, 0);
      const chain = chains.get(hash);
      const at = chain?.findIndex((entry) => equalWords(entry.key, key, keyWords)) ?? -1;
      if (!chain || at < 0) return false;
      chain.splice(at, 1);
      if (chain.length === 0) chains.delete(hash);
      size--;
      return true;
    },
    clear() {
      chains.clear();
      size = 0;
    },
    *entries() {
      for (const chain of chains.values()) for (const entry of chain) yield [entry.key, entry.value];
    },
  };
}

/** Hash of the first `count` words, 0..2^32-1. With a secret seed, what a client sends cannot be chosen to collide by reading the source. */
export function hashWords(words: Uint32Array, count: number, seed: number): number {
  let hash = seed;
  for (let i = 0; i < count; i++) {
    // MurmurHash3's mixing of one block (Austin Appleby, public domain)
    let word = Math.imul(words[i]!, 0xcc9e2d51);
    word = (word << 15) | (word >>> 17);
    hash ^= Math.imul(word, 0x1b873593);
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64;
  }
  return finishHash(hash ^ (count * 4));
}

function finishHash(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function equalWords(a: Uint32Array, b: Uint32Array, count: number): boolean {
  for (let i = 0; i < count; i++) if (a[i] !== b[i]) return false;
  return true;
}
