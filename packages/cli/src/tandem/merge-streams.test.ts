import { expect, test } from "vitest";
import { mergeStreams } from "./merge-streams.ts";

async function* of(...values: string[]) {
  yield* values;
}

test("merged streams give all that each has, in its order", async () => {
  const all = await Array.fromAsync(mergeStreams([of("a1", "a2", "a3"), of(), of("b1", "b2")], () => {}));
  expect(all.filter((v) => v.startsWith("a"))).toEqual(["a1", "a2", "a3"]);
  expect(all.filter((v) => v.startsWith("b"))).toEqual(["b1", "b2"]);
  expect(all.length).toBe(5);
});

test("merged streams do not wait for a silent one, and make it end when their reader leaves", async () => {
  const silence = Promise.withResolvers<void>();
  let hasEnded = false;
  async function* silent(): AsyncGenerator<string> {
    await silence.promise;
    hasEnded = true;
    yield* [];
  }
  for await (const value of mergeStreams([silent(), of("x", "y")], silence.resolve)) {
    expect(value).toBe("x");
    break;
  }
  expect(hasEnded).toBe(true);
});

test("merged streams fail when one does, after the others were made to end", async () => {
  let hasLeft = false;
  async function* failing(): AsyncGenerator<string> {
    yield "x";
    throw new Error("oops");
  }
  const all = Array.fromAsync(mergeStreams([failing()], () => void (hasLeft = true)));
  await expect(all).rejects.toThrow("oops");
  expect(hasLeft).toBe(true);
});

test("merged streams close also those that have more to say, when their reader leaves and when one fails", async () => {
  let closed = 0;
  async function* endless() {
    try {
      for (;;) yield "x";
    } finally {
      closed++;
    }
  }
  async function* failing(): AsyncGenerator<string> {
    yield "y";
    throw new Error("oops");
  }
  for await (const value of mergeStreams([endless(), endless()], () => {})) if (value === "x") break;
  expect(closed).toBe(2);
  await expect(Array.fromAsync(mergeStreams([endless(), failing()], () => {}))).rejects.toThrow("oops");
  expect(closed).toBe(3);
});

test("merged streams pile nothing up at one that is silent", async () => {
  let handlers = 0;
  /** A promise that counts who waits for it, and for what comes of it. */
  function counted<T>(promise: Promise<T>): Promise<T> {
    const then: typeof promise.then = (...of) => {
      handlers++;
      return counted(promise.then(...of));
    };
    return Object.assign(promise.then(), { then });
  }
  const next = () => counted(new Promise<IteratorResult<string>>(() => {}));
  const silent: AsyncIterable<string> = { [Symbol.asyncIterator]: () => ({ next }) };
  async function* busy() {
    for (let n = 0; n < 100; n++) yield String(n);
    throw new Error("over");
  }
  await expect(Array.fromAsync(mergeStreams([silent, busy()], () => {}))).rejects.toThrow("over");
  expect(handlers).toBeLessThan(5);
});
