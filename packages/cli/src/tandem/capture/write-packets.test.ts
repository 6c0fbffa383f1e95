import type { CapturedPackets } from "@tandem/engine/client";
import { expect, test } from "vitest";
import { fakePacket } from "../../testing/fake-capture.ts";
import type { World } from "../command.ts";
import { writePackets } from "./write-packets.ts";

const ON: CapturedPackets = { packets: [], lost: 0 };
const SEEN: CapturedPackets = { packets: [fakePacket], lost: 0 };
const broken = new Error("broken");

/** What stands around a capture: a node that shows what `capture` gives, and a file that is written by `write`. */
function createWorld(capture: () => Generator<CapturedPackets>, write = async () => {}) {
  const done: string[] = [];
  let signal: AbortSignal | undefined;
  const world = {
    err: { write() {} },
    untilSignal: () => new Promise(() => {}),
    connect: async () => ({
      async *capture(_: unknown, until: AbortSignal) {
        signal = until;
        yield* capture();
      },
      close: () => void done.push("node"),
    }),
    createFile: async () => ({ write, close: async () => void done.push("file") }),
  };
  return { world: world as unknown as World, done, isLeft: () => signal?.aborted };
}

function* seen(): Generator<CapturedPackets> {
  yield* [ON, SEEN];
}

function* failing(): Generator<CapturedPackets> {
  yield* seen();
  throw broken;
}

const ends: { what: string; capture: () => Generator<CapturedPackets>; write?: () => Promise<void> }[] = [
  { what: "ends", capture: seen },
  { what: "fails", capture: failing },
  { what: "cannot be written", capture: seen, write: () => Promise.reject(broken) },
];
for (const { what, capture, write } of ends) {
  test(`a capture that ${what} closes its file and hangs up, once each`, async () => {
    const { world, done, isLeft } = createWorld(capture, write);
    const ended = await writePackets("x", world, { reasons: [], all: false }).catch(
      (error: unknown) => error,
    );
    expect(ended).toBe(what === "ends" ? 0 : broken);
    expect(done.toSorted()).toEqual(["file", "node"]);
    expect(isLeft()).toBe(true);
  });
}
