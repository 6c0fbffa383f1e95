import { expect, test } from "vitest";
import { createFollower, frameOf, HELLO, load } from "../testing/listener.ts";

test("a peer that is lost is forgotten, and is a peer again once it speaks", () => {
  const b = createFollower();
  b.wait(2000);
  expect(b.state.peers.get("a")?.follow).toBe("alone");
  b.take({ type: "forget", peer: "a" });
  expect([...b.state.peers]).toEqual([]);
  b.hear(frameOf("hello", HELLO, { sequence: 3 }));
  load(b, { sequence: 4 });
  expect(b.state.peers.get("a")?.follow).toBe("live");
});

test("a peer that is heard is not forgotten, and nobody is forgotten in the place of another", () => {
  const b = createFollower();
  b.take({ type: "forget", peer: "a" });
  b.take({ type: "forget", peer: "c" });
  expect([...b.state.peers.keys()]).toEqual(["a"]);
});

test("a node whose last peer is forgotten stands alone, and is ready", () => {
  const b = createFollower();
  b.wait(2000);
  b.take({ type: "forget", peer: "a" });
  b.wait(10_000);
  expect(b.state.isReady).toBe(true);
});
