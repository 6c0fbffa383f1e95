import { LbError } from "@tandem/model";
import { expect, test } from "vitest";
import { createMemoryBucket, type MemoryBucket } from "./config-bucket-memory.ts";
import { createClusterSigner } from "./config-sign.ts";
import type { ConfigReading } from "./config-store.ts";
import { createBucketConfigStore } from "./config-store-bucket.ts";
import { sampleDocument } from "./testing/config-samples.ts";

const KEY = new Uint8Array(32).fill(7);
const FIRST = sampleDocument();
const PROPOSAL = { document: FIRST, expectedRevision: 0, author: "ann" };

function storeOn(bucket: MemoryBucket, { key = KEY, cluster = "prod" } = {}) {
  const timers: (() => void)[] = [];
  const store = createBucketConfigStore({
    bucket,
    signer: createClusterSigner(key, cluster),
    wallMs: () => 1234,
    after(_, run) {
      timers.push(run);
      return () => timers.splice(timers.indexOf(run) >>> 0, 1);
    },
  });
  return { store, timers };
}

async function committed() {
  const bucket = createMemoryBucket();
  const { store, timers } = storeOn(bucket);
  await store.propose(PROPOSAL);
  return { bucket, store, timers, part: [...bucket.entries.keys()].find((k) => k.startsWith("part."))! };
}
const textOf = (bucket: MemoryBucket, key: string) =>
  new TextDecoder().decode(bucket.entries.get(key)!.value);
const settle = () => new Promise((resolve) => setImmediate(resolve));

const damages: [what: string, damage: (bucket: MemoryBucket, part: string) => unknown, why: string][] = [
  ["a changed head", (b) => b.put("head", Buffer.from(textOf(b, "head").replace("ann", "eve"))), "forged"],
  ["a head without a signature", (b) => b.put("head", Buffer.from("{}")), "malformed"],
  ["an empty head", (b) => b.put("head", new Uint8Array()), "malformed"],
  ["a head that is not text", (b) => b.put("head", new Uint8Array(200).fill(0xff)), "malformed"],
  [
    "a head of another form",
    (b) => b.put("head", Buffer.from(textOf(b, "head").replace("-1", "-2"))),
    "malformed",
  ],
  ["a missing part", (b, part) => b.entries.delete(part), "incomplete"],
  ["a changed part", (b, part) => b.put(part, Buffer.from("{}")), "incomplete"],
];
for (const [what, damage, refusal] of damages) {
  test(`configuration store refuses ${what} as ${refusal}`, async () => {
    const { bucket, store, part } = await committed();
    await damage(bucket, part);
    expect(await store.read()).toMatchObject({ kind: "refused", refusal });
  });
}

const strangers: [what: string, settings: Parameters<typeof storeOn>[1]][] = [
  ["another key", { key: new Uint8Array(32).fill(8) }],
  ["another cluster's name", { cluster: "test" }],
];
for (const [what, settings] of strangers) {
  test(`configuration store refuses a document signed with ${what}, and does not replace it`, async () => {
    const { bucket } = await committed();
    const { store } = storeOn(bucket, settings);
    expect(await store.read()).toMatchObject({ kind: "refused", refusal: "forged" });
    expect(await store.propose({ ...PROPOSAL, expectedRevision: 0 })).toMatchObject({ kind: "refused" });
  });
}

test("configuration store refuses a document of a version that it does not know", async () => {
  const bucket = createMemoryBucket();
  const { store } = storeOn(bucket);
  await store.propose({ ...PROPOSAL, document: { ...FIRST, colour: "red" } as typeof FIRST });
  expect(await store.read()).toMatchObject({ kind: "refused", refusal: "malformed" });
});

test("configuration store says that it cannot be asked", async () => {
  const { bucket, store } = await committed();
  bucket.isAway = true;
  expect(await store.read()).toEqual({ kind: "unavailable", why: "it is away" });
  expect((await store.propose(PROPOSAL)).kind).toBe("unavailable");
});

test("configuration store notices that a change went through whose answer was lost", async () => {
  const bucket = createMemoryBucket();
  const { store } = storeOn({
    ...bucket,
    async compareAndSet(...write) {
      await bucket.compareAndSet(...write);
      throw new LbError({ code: "unavailable", what: "NATS", why: "timeout" });
    },
  });
  expect((await store.propose(PROPOSAL)).kind).toBe("committed");
});

test("configuration store writes parts before the head and mends a damaged one", async () => {
  const { bucket, part } = await committed();
  expect([...bucket.entries.keys()].at(-1)).toBe("head");
  bucket.entries.delete("head");
  await bucket.put(part, Buffer.from("damaged"));
  const { store } = storeOn(bucket);
  await store.propose(PROPOSAL);
  const reading = await store.read();
  expect(reading.kind === "document" && reading.stored.head.timeMs).toBe(1234);
});

test("configuration store sees without a hint, by looking now and then, and fetches parts once", async () => {
  const { bucket, store, timers } = await committed();
  bucket.watch = () => () => {};
  let partReads = 0;
  const { get } = bucket;
  bucket.get = (key) => {
    if (key.startsWith("part.")) partReads++;
    return get(key);
  };
  const seen: ConfigReading["kind"][] = [];
  const unwatch = store.watch((reading) => seen.push(reading.kind));
  await settle();
  timers.pop()!();
  await settle();
  expect([seen, partReads]).toEqual([["document", "document"], 1]);
  bucket.isAway = true;
  timers.pop()!();
  await settle();
  expect(seen.at(-1)).toBe("unavailable");
  unwatch();
  expect(timers).toEqual([]);
});
