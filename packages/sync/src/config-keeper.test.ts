import { type Document, DocumentSpec, EMPTY_DOCUMENT, LbError, specOf } from "@tandem/model";
import { expect, test, vi } from "vitest";
import { createClusterSigner } from "./config-sign.ts";
import { type ConfigStore, MAX_TEXT_BYTES } from "./config-store.ts";
import { createBucketConfigStore } from "./config-store-bucket.ts";
import { sampleSpec } from "./testing/config-samples.ts";
import { createWorld, settle, weigh } from "./testing/keeper-world.ts";

test("keeper says once that the store is empty, and never of a store or a disk that has a document", async () => {
  const { start, tick } = createWorld();
  const first = await start();
  await tick();
  expect(first.empties()).toBe(1);
  await first.keeper.change(weigh(5), "ann");
  const second = await start();
  expect([second.empties(), second.revisions]).toEqual([0, [1]]);
  const elsewhere = createWorld();
  const third = await elsewhere.start(second.cache);
  expect([third.empties(), third.views]).toEqual([0, ["behind"]]);
});

test("keeper brings a change to every node and onto its disk", async () => {
  const { start } = createWorld();
  const [a, b] = [await start(), await start()];
  const document = await a.keeper.change(weigh(5), "ann");
  await settle();
  for (const node of [a, b]) {
    expect(node.keeper.current()).toEqual(document);
    expect(node.revisions).toEqual([1]);
    expect(node.cache.stored?.head).toMatchObject({ revision: 1, author: "ann" });
    expect(node.keeper.status()).toMatchObject({ store: { state: "current" }, disk: "" });
  }
});

test("keeper makes no revision of an edit that changes nothing", async () => {
  const { start } = createWorld();
  const { keeper } = await start();
  const document = await keeper.change(weigh(5), "ann");
  expect(await keeper.change(weigh(5), "ann")).toEqual(document);
});

test("keeper edits what others made of the document meanwhile", async () => {
  const { start, bucket } = createWorld();
  bucket.watch = () => () => {};
  const [a, b] = [await start(), await start()];
  await a.keeper.change(weigh(5), "ann");
  const document = await b.keeper.change((current) => {
    const spec = current.services.length > 0 ? structuredClone(specOf(current)) : sampleSpec();
    spec.services[0]!.destinations[1]!.weight = 6;
    return spec;
  }, "bob");
  expect(document.revision).toBe(2);
  expect(document.services[0]!.destinations.map((d) => d.weight)).toEqual([5, 6]);
});

test("keeper that has not seen the store yet does not take its own emptiness for the cluster's", async () => {
  const { start, store } = createWorld();
  await (await start()).keeper.change(weigh(5), "ann");
  const fresh = await start(undefined, { ...store, watch: () => () => {} });
  const document = await fresh.keeper.change(() => DocumentSpec.parse({ version: 1 }), "bob");
  expect([document.revision, document.services]).toEqual([2, []]);
});

test("keeper puts what was there before on top of a newer document", async () => {
  const { start, store } = createWorld();
  const old = await start(undefined, { ...store, watch: () => () => {} });
  const document = await (await start()).keeper.change(weigh(5), "ann");
  const restored = await old.keeper.replace(
    (current) => ({ ...current, revision: current.revision + 1 }),
    "bob",
  );
  expect([restored, old.keeper.head()?.author]).toEqual([document, "ann"]);
});

test("keeper loses none of many simultaneous changes", async () => {
  const { start } = createWorld();
  const nodes = [await start(), await start(), await start()];
  await nodes[0]!.keeper.change(() => sampleSpec(3), "ann");
  await Promise.all(
    nodes.map(({ keeper }, i) =>
      keeper.change((current) => {
        const spec = structuredClone(specOf(current));
        spec.services[0]!.destinations[i]!.weight = 10 + i;
        return spec;
      }, `node ${i}`),
    ),
  );
  await settle();
  expect(nodes[2]!.keeper.current().services[0]!.destinations.map((d) => d.weight)).toEqual([10, 11, 12]);
  expect(nodes.map((n) => n.keeper.current().revision)).toEqual([4, 4, 4]);
});

test("keepers carry out forty changes that come at once, at two nodes", async () => {
  const { start } = createWorld();
  const nodes = [await start(), await start()];
  await nodes[0]!.keeper.change(() => sampleSpec(40), "ann");
  await settle();
  const changes = Array.from({ length: 40 }, (_, i) =>
    nodes[i % 2]!.keeper.change((current) => {
      const spec = structuredClone(specOf(current));
      spec.services[0]!.destinations[i]!.weight = 10 + i;
      return spec;
    }, "a script"),
  );
  await Promise.all(changes);
  await settle();
  for (const { keeper } of nodes) {
    expect(keeper.current().revision).toBe(41);
    expect(keeper.current().services[0]!.destinations.map((d) => d.weight)).toEqual(
      changes.map((_, i) => 10 + i),
    );
  }
});

test("keeper asks a store that has just not answered once, not for each change that waits", async () => {
  const { start, store } = createWorld();
  let asked = 0;
  const away: ConfigStore = {
    ...store,
    async propose() {
      asked++;
      return { kind: "unavailable", why: "no answer in 5 s" };
    },
  };
  const { keeper } = await start(undefined, away);
  const outcomes = await Promise.allSettled([5, 6, 7].map((weight) => keeper.change(weigh(weight), "ann")));
  expect(outcomes.map((o) => o.status === "rejected" && String(o.reason))).toEqual(
    Array(3).fill(expect.stringContaining("no answer in 5 s")),
  );
  expect(asked).toBe(1);
});

test("keeper refuses a change at once while the store is known to be away, and takes it afterwards", async () => {
  const { start, store, world } = createWorld();
  let asked = 0;
  const counted: ConfigStore = {
    ...store,
    read() {
      asked++;
      return store.read();
    },
    propose(proposal) {
      asked++;
      return store.propose(proposal);
    },
  };
  const { keeper } = await start(undefined, counted);
  for (const weight of [5, 6]) {
    await keeper.change(weigh(weight), "ann"); // the view is another before the first change than later
    world.away = "NATS is away";
    const before = asked;
    await expect(keeper.change(weigh(weight + 10), "ann")).rejects.toThrow(
      "Cannot reach the configuration store: NATS is away; nothing was changed",
    );
    expect(asked).toBe(before);
    world.away = undefined;
  }
  expect((await keeper.change(weigh(7), "ann")).revision).toBe(3);
});

test("keeper refuses changes that wait when the store goes away", async () => {
  const { start, store, world } = createWorld();
  const propose: ConfigStore["propose"] = async (proposal) => {
    const outcome = await store.propose(proposal);
    world.away = "NATS is away";
    return outcome;
  };
  const { keeper } = await start(undefined, { ...store, propose });
  const [first, second] = await Promise.allSettled([5, 6].map((w) => keeper.change(weigh(w), "ann")));
  expect([first, second]).toMatchObject([
    { value: { revision: 1 } },
    { reason: { message: expect.stringContaining("NATS is away; nothing was changed") } },
  ]);
});

test("keeper tells who changed what, and gives back what was before", async () => {
  const { start } = createWorld();
  const { keeper } = await start();
  await keeper.change(weigh(5), "ann", { reason: "begin" });
  await keeper.change(weigh(6), "bob");
  const { heads, incomplete } = await keeper.history();
  expect(heads.map((h) => [h.revision, h.author, h.reason, h.summary])).toEqual([
    [2, "bob", undefined, "~ tcp 192.0.2.1:80 -> 10.0.0.1:80: weight 5 → 6"],
    [1, "ann", "begin", "3 added"],
  ]);
  expect(incomplete).toBe("");
  expect((await keeper.history(1)).heads.map((h) => h.revision)).toEqual([2]);
  const { document } = await keeper.revision(1);
  expect(document.services[0]!.destinations[0]!.weight).toBe(5);
  await expect(keeper.revision(7)).rejects.toMatchObject({ failure: { code: "not_found", key: "7" } });
});

test("keeper keeps the operator's text over changes that bring none, and a new one even of an equal document", async () => {
  const { start } = createWorld();
  const { keeper } = await start();
  await keeper.change(weigh(5), "ann", { text: "# one" });
  await keeper.change(weigh(6), "bob");
  expect(keeper.text()).toBe("# one");
  expect((await keeper.change(weigh(6), "ann", { text: "# one" })).revision).toBe(2);
  expect((await keeper.change(weigh(6), "ann", { text: "# two" })).revision).toBe(3);
  expect([keeper.text(), (await keeper.revision(2)).text]).toEqual(["# two", "# one"]);
  expect((await keeper.change(weigh(6), "ann", { text: "é".repeat(MAX_TEXT_BYTES / 2 + 1) })).revision).toBe(
    3,
  );
});

for (const [what, state, revision] of [
  ["was emptied", "behind", undefined],
  ["went back", "behind", 1],
] as const) {
  test(`keeper keeps the running document when the store ${what}, until an operator writes it anew`, async () => {
    const { start, bucket, tick } = createWorld();
    const { keeper, revisions } = await start();
    await keeper.change(weigh(5), "ann");
    const before = new Map(bucket.entries);
    const document = await keeper.change(weigh(6), "ann");
    bucket.entries.clear();
    if (revision) for (const [key, entry] of before) bucket.entries.set(key, entry);
    await tick();
    expect(keeper.current()).toEqual(document);
    expect(keeper.status().store.state).toBe(state);
    expect(keeper.status().faults.behind).toBeGreaterThan(0);
    const restored = await keeper.change(specOf, "ann");
    expect(specOf(restored)).toEqual(specOf(document));
    expect(keeper.status().store.state).toBe("current");
    expect(revisions).toEqual([1, 2, 3]);
    expect((await (await start()).keeper).current()).toEqual(restored);
  });
}

for (const [what, weight] of [
  ["changes", 7],
  ["repeats", 6],
] as const) {
  test(`keeper heals a store that lost the document when an operator ${what} it`, async () => {
    const { start, bucket, tick } = createWorld();
    const [a, b] = [await start(), await start()];
    await a.keeper.change(weigh(5), "ann");
    await a.keeper.change(weigh(6), "ann");
    bucket.entries.clear();
    await tick();
    const document = await a.keeper.change(weigh(weight), "ann");
    await tick();
    expect(document.revision).toBe(3);
    for (const node of [a, b, await start()]) expect(node.keeper.current()).toEqual(document);
  });
}

test("keeper refuses and counts a store signed by somebody else, and keeps the running document", async () => {
  const { start, bucket, tick } = createWorld();
  const { keeper, views } = await start();
  const document = await keeper.change(weigh(5), "ann");
  bucket.entries.delete("head");
  const theirs = createBucketConfigStore({
    bucket,
    signer: createClusterSigner(new Uint8Array(32).fill(1), "prod"),
    wallMs: () => 0,
    after: () => () => {},
  });
  await theirs.propose({ document: { ...document, revision: 99 }, expectedRevision: 0, author: "eve" });
  await tick();
  expect(keeper.current()).toEqual(document);
  expect(views.at(-1)).toBe("refused");
  expect(keeper.status().faults.forged).toBeGreaterThan(0);
  await expect(keeper.change(weigh(6), "ann")).rejects.toThrow("not signed with this cluster's key");
  const restoring = keeper.change(weigh(6), "ann", { overConflict: true });
  await expect(restoring).rejects.toThrow("not signed with this cluster's key");
});

test("keeper tells of another document under its own revision", async () => {
  const [one, other] = [createWorld(), createWorld()];
  const node = await one.start();
  await node.keeper.change(weigh(5), "ann");
  const theirs = await other.start();
  await theirs.keeper.change(weigh(6), "eve");
  const moved = await other.start(node.cache);
  expect(moved.keeper.status().store.state).toBe("conflict");
  expect(moved.keeper.current().services[0]!.destinations[0]!.weight).toBe(5);
  await expect(moved.keeper.change(weigh(5), "ann")).rejects.toThrow("the configuration store is conflict");
  const again = (current: Document) => ({ ...current, revision: current.revision + 1 });
  await moved.keeper.replace(again, "ann", { overConflict: true });
  await settle();
  expect(theirs.keeper.current().services[0]!.destinations[0]!.weight).toBe(5);
});

test("keeper does not call the store behind for a look that began before its own change", async () => {
  const { start, store } = createWorld();
  const see = Promise.withResolvers<Parameters<ConfigStore["watch"]>[0]>();
  const { keeper, views } = await start(undefined, {
    ...store,
    watch(watcher) {
      see.resolve(watcher);
      return () => {};
    },
  });
  await keeper.change(weigh(5), "ann");
  const old = await store.read();
  await keeper.change(weigh(6), "ann");
  (await see.promise)(old);
  await settle();
  expect(views).toEqual(["current"]);
  expect(keeper.status().faults.behind).toBe(0);
});

test("keeper refuses an edit that makes an invalid document", async () => {
  const { start } = createWorld();
  const { keeper } = await start();
  const error = await keeper.change(weigh(-1), "ann").catch((e) => e);
  expect(error).toBeInstanceOf(LbError);
  expect(error.message).toBe(
    "change: services.0.destinations.0.weight: wanted a whole number from 0 to 2147483647",
  );
  expect(keeper.current()).toBe(EMPTY_DOCUMENT);
});

test("keeper gives up when others keep changing the document", async () => {
  const { start, store } = createWorld();
  const node = await start(undefined, {
    ...store,
    propose: vi.fn(async () => ({ kind: "stale" as const, revision: 0 })),
  });
  const edit = () => DocumentSpec.parse(sampleSpec());
  await expect(node.keeper.change(edit, "ann")).rejects.toMatchObject({
    failure: { code: "stale_revision" },
  });
});

test("keeper hears nothing once closed", async () => {
  const { start } = createWorld();
  const [a, b] = [await start(), await start()];
  b.keeper.close();
  await a.keeper.change(weigh(5), "ann");
  await settle();
  expect(b.revisions).toEqual([]);
});
