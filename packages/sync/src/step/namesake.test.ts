import { expect, test } from "vitest";
import { createListener, frameOf, HELLO } from "../testing/listener.ts";
import { hasNamesake } from "./namesake.ts";

/** A node that hears another speak in its name, that many times, so far apart. */
function hearing(times: number, apartMs: number) {
  const b = createListener();
  let nowMs = 100;
  for (let i = 0; i < times; i++, nowMs += apartMs) {
    b.hear(frameOf("hello", HELLO, { node: "b", sequence: i + 1 }));
    b.wait(apartMs);
  }
  return { state: b.state, nowMs };
}

test("a node that is called by its own name for seconds has a namesake, until that falls silent", () => {
  const { state, nowMs } = hearing(7, 500);
  expect(hasNamesake(state, nowMs)).toBe(true);
  expect(hasNamesake(state, nowMs + 5000)).toBe(false);
});

test("the last words of a node's former life are no namesake", () => {
  const { state, nowMs } = hearing(3, 500);
  expect(hasNamesake(state, nowMs)).toBe(false);
});

test("words in a node's name that come now and then are no namesake", () => {
  const { state, nowMs } = hearing(4, 5000);
  expect(hasNamesake(state, nowMs - 4000)).toBe(false); // the last word is a second old
});

test("a node that nobody calls by its name has no namesake", () => {
  const { state, nowMs } = hearing(0, 0);
  expect(hasNamesake(state, nowMs)).toBe(false);
});
