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
