import { expect, test } from "vitest";
import { createListener, frameOf, HELLO } from "../testing/listener.ts";
import { strangerIn } from "./stranger.ts";

/** A node that hears `c` with another cluster key, that many times, so far apart. */
function hearing(times: number, apartMs: number) {
  const b = createListener();
  let nowMs = 100;
  for (let i = 0; i < times; i++, nowMs += apartMs) {
    const frame = frameOf("hello", HELLO, { node: "c", sequence: i + 1 });
    b.hear(frame.with(-1, frame.at(-1)! ^ 1)); // as good as any other tag that is not ours
    b.wait(apartMs);
  }
  return { b, nowMs };
}

test("somebody who is heard for seconds with another key is a stranger, until silent", () => {
  const { b, nowMs } = hearing(7, 500);
  expect(strangerIn(b.state, nowMs)).toBe("c");
  expect(strangerIn(b.state, nowMs + 5000)).toBeUndefined();
  expect([...b.state.peers]).toEqual([]);
});

const cases = [
  { name: "a single damaged frame", times: 1, apartMs: 500 },
  { name: "damaged frames now and then", times: 4, apartMs: 5000 },
  { name: "silence", times: 0, apartMs: 0 },
];
for (const { name, times, apartMs } of cases)
  test(`${name} is no stranger`, () => {
    const { b, nowMs } = hearing(times, apartMs);
    expect(strangerIn(b.state, nowMs)).toBeUndefined();
  });
