import { expect, test } from "vitest";
import { hashWords } from "../core/word-map.ts";
import { createAddressCache, MAX_ENTRIES, ticksOf } from "./address-cache.ts";
import { destinationAt } from "./address-number.ts";
import { request } from "./testing.ts";

const wants = (i: number, now = 0) => request({ to: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255} 80`, now });

test("a cache keeps a value for each destination address", () => {
  const cache = createAddressCache<string>(60);
  expect(cache.find(wants(1))).toBeUndefined();
  cache.keep(wants(1), "a");
  cache.keep(wants(2), "b");
  cache.keep(wants(2), "c");
  expect([cache.find(wants(1)), cache.find(wants(2))]).toEqual(["a", "c"]);
  expect(cache.find(request({ from: "192.0.2.1 9", to: "10.0.0.1 443" }))).toBe("a");
});

test("a cache tells IPv6 addresses apart by every word", () => {
  const cache = createAddressCache<number>(60);
  const addresses = ["2001:db8::1", "2001:db9::1", "2001:db8:1::1", "2001:db8::1:0:1", "2001:db8::2"];
  for (const [i, to] of addresses.entries()) cache.keep(request({ to }), i);
  expect(addresses.map((to) => cache.find(request({ to })))).toEqual([0, 1, 2, 3, 4]);
});

const DAY = Math.ceil(ticksOf(86400));
const NEAR_WRAP = 2 ** 32 - 1000;
for (const start of [0, NEAR_WRAP]) {
  test(`a cache forgets what nobody asked for; the clock begins at ${start}`, () => {
    const cache = createAddressCache<string>(86400);
    const at = (ticks: number) => wants(1, (start + ticks) % 2 ** 32);
    cache.keep(at(0), "a");
    expect(cache.find(at(DAY - 1))).toBe("a"); // a use
    expect(cache.find(at(2 * DAY - 2))).toBe("a");
    expect(cache.find(at(3 * DAY - 2))).toBeUndefined();
    cache.keep(at(3 * DAY), "b");
    expect(cache.find(at(3 * DAY))).toBe("b");
  });
}

test("a full cache forgets what was kept first and not used since", () => {
  const cache = createAddressCache<number>(86400);
  for (let i = 0; i < MAX_ENTRIES; i++) cache.keep(wants(i, 1), i);
  cache.find(wants(0, 2));
  cache.keep(wants(MAX_ENTRIES, 3), MAX_ENTRIES);
  expect(cache.find(wants(0, 4))).toBe(0);
  expect(cache.find(wants(1, 4))).toBeUndefined();
  expect(cache.find(wants(2, 4))).toBe(2);
  expect(cache.find(wants(MAX_ENTRIES, 4))).toBe(MAX_ENTRIES);
});

test("a full cache spares no more than eight used entries for a new one", () => {
  const cache = createAddressCache<number>(86400);
  for (let i = 0; i < MAX_ENTRIES; i++) cache.keep(wants(i, 1), i);
  for (let i = 0; i < MAX_ENTRIES; i++) cache.find(wants(i, 2));
  cache.keep(wants(MAX_ENTRIES, 3), MAX_ENTRIES);
  expect([0, 7, 8, 9].map((i) => cache.find(wants(i, 4)))).toEqual([0, 7, undefined, 9]);
});

test("two addresses of one hash never share a value", () => {
  const [one, other] = findCollision();
  const cache = createAddressCache<string>(60);
  cache.keep(one, "a");
  expect(cache.find(other)).toBeUndefined();
  cache.keep(other, "b");
  expect([cache.find(one), cache.find(other)]).toEqual([undefined, "b"]);
});

/** By the birthday paradox, some 2^16 addresses are enough; two of their words must differ, as no two words have one hash. */
function findCollision() {
  const byHash = new Map<number, number>();
  const at = (i: number) => {
    const packet = request({ to: "2001:db8::1" });
    packet.key.set([i, Math.imul(i, i)], destinationAt(packet) + 1);
    return packet;
  };
  const words = new Uint32Array(4);
  for (let i = 0; i < 1_000_000; i++) {
    const packet = at(i);
    words.set(packet.key.subarray(destinationAt(packet), destinationAt(packet) + 4));
    const hash = hashWords(words, 4, 0);
    const known = byHash.get(hash);
    if (known !== undefined) return [at(known), packet] as const;
    byHash.set(hash, i);
  }
  throw new Error("invariant: a million hashes of 32 bits without a collision");
}

test("a full cache never holds more, even if everything was used", () => {
  const cache = createAddressCache<number>(86400);
  const count = MAX_ENTRIES + 1000;
  for (let i = 0; i < count; i++) {
    cache.keep(wants(i, 2 * i), i);
    cache.find(wants(i, 2 * i + 1));
  }
  let held = 0;
  for (let i = 0; i < count; i++) if (cache.find(wants(i, 2 * count)) !== undefined) held++;
  expect(held).toBe(MAX_ENTRIES);
});
