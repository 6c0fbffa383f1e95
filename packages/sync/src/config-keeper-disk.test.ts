import { expect, onTestFinished, test } from "vitest";
import { openConfigKeeper } from "./config-keeper.ts";
import { createMemoryCache, createWorld, settle, weigh } from "./testing/keeper-world.ts";

test("keeper tells what its disk has of the history while the store is away, and that it does", async () => {
  const { start, bucket } = createWorld();
  const { keeper } = await start();
  await keeper.change(weigh(5), "ann");
  await keeper.change(weigh(6), "bob");
  bucket.isAway = true;
  const { heads, incomplete } = await keeper.history();
  expect(heads.map((h) => h.revision)).toEqual([2, 1]);
  expect(incomplete).toBe("this is what this node ran: it is away");
  expect((await keeper.revision(1)).document.revision).toBe(1);
  await expect(keeper.revision(7)).rejects.toMatchObject({ failure: { code: "unavailable" } });
});

test("keeper adds what its disk has of the history to that of a store that lost its own", async () => {
  const { start, bucket } = createWorld();
  const { keeper } = await start();
  await keeper.change(weigh(5), "ann");
  await keeper.change(weigh(6), "bob");
  bucket.entries.clear();
  await keeper.change(weigh(7), "ann");
  expect((await keeper.history()).heads.map((h) => h.revision)).toEqual([3, 2, 1]);
  expect((await keeper.revision(1)).head.author).toBe("ann");
});

test("keeper starts from its disk while the store is away, and catches up", async () => {
  const { start, bucket, tick } = createWorld();
  const [a, b] = [await start(), await start()];
  await a.keeper.change(weigh(5), "ann");
  await settle();
  b.keeper.close();
  await a.keeper.change(weigh(6), "ann");
  bucket.isAway = true;
  const again = await start(b.cache);
  expect([again.revisions, again.views]).toEqual([[1], ["unavailable"]]);
  await expect(again.keeper.change(weigh(7), "bob")).rejects.toThrow(
    "Cannot reach the configuration store: it is away",
  );
  bucket.isAway = false;
  await tick();
  expect([again.revisions, again.views]).toEqual([
    [1, 2],
    ["unavailable", "current"],
  ]);
});

test("keeper says that its disk fails, and runs the document all the same", async () => {
  const { start } = createWorld();
  const cache = createMemoryCache();
  cache.fault = "ENOSPC: no space left on device";
  const { keeper } = await start(cache);
  await keeper.change(weigh(5), "ann");
  expect([keeper.current().revision, keeper.status().disk]).toEqual([1, cache.fault]);
});

test("keeper that is closed has written what it was writing, and writes nothing more", async () => {
  const { start } = createWorld();
  const cache = createMemoryCache();
  const mayGoOn = Promise.withResolvers<void>();
  const save = cache.save.bind(cache);
  cache.save = (stored) => mayGoOn.promise.then(() => save(stored));
  const { keeper } = await start(cache);
  void keeper.change(weigh(5), "ann");
  await expect.poll(() => keeper.current().revision).toBe(1);
  let isClosed = false;
  const closed = keeper.close().then(() => (isClosed = true));
  await settle();
  expect(isClosed).toBe(false);
  mayGoOn.resolve();
  await closed;
  await keeper.change(weigh(6), "ann"); // one that was under way
  expect([keeper.current().revision, cache.stored?.head.revision]).toEqual([2, 1]);
});

test("keeper whose store is its disk tells of what was wrong with it until a change is written there", async () => {
  const { store } = createWorld();
  const damage = "revision 3 cannot be read";
  const keeper = await openConfigKeeper({ store, damage, onDocument() {} });
  onTestFinished(() => keeper.close());
  await settle();
  expect(keeper.status().disk).toBe(damage);
  await keeper.change(weigh(5), "ann");
  expect(keeper.status().disk).toBe("");
});

test("keeper saves what the disk did not take once there is room again", async () => {
  const { start, tick } = createWorld();
  const cache = createMemoryCache();
  const { keeper } = await start(cache);
  cache.fault = "ENOSPC: no space left on device";
  await keeper.change(weigh(5), "ann");
  await tick();
  expect([keeper.status().disk, cache.stored]).toEqual([cache.fault, undefined]);
  cache.fault = "";
  await tick();
  expect([keeper.status().disk, cache.stored?.head.revision]).toEqual(["", 1]);
});
