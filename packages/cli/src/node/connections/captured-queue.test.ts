import type { CapturedRow } from "@tandem/engine";
import { expect, test } from "vitest";
import { createCapturedQueue } from "./captured-queue.ts";

/** Packets with the numbers from `first` on as their lengths. */
const rows = (first: number, count: number): CapturedRow[] =>
  Array.from({ length: count }, (_, i) => ({ packetBytes: first + i }) as CapturedRow);
const lengths = (packets: readonly CapturedRow[]) => packets.map(({ packetBytes }) => packetBytes);

test("what is put is taken in order, and a batch too long for a message in several", async () => {
  const queue = createCapturedQueue();
  queue.put({ packets: rows(0, 2), lost: 3 });
  queue.put({ packets: rows(2, 300), lost: 0 });
  const taken = [await queue.take(), await queue.take(), await queue.take()];
  expect(taken.map((batch) => [batch!.packets.length, batch!.lost])).toEqual([
    [2, 3],
    [256, 0],
    [44, 0],
  ]);
  expect(lengths(taken.flatMap((batch) => batch!.packets))).toEqual(lengths(rows(0, 302)));
});

test("whoever takes waits for what comes, and is told when nothing comes any more", async () => {
  const queue = createCapturedQueue();
  const coming = queue.take();
  queue.put({ packets: rows(7, 1), lost: 0 });
  expect(await coming).toEqual({ packets: rows(7, 1), lost: 0 });
  const last = queue.take();
  queue.close();
  expect(await last).toBeUndefined();
});

test("what finds no room is lost, and told where it is missing", async () => {
  const queue = createCapturedQueue();
  queue.put({ packets: rows(0, 4000), lost: 0 });
  queue.put({ packets: rows(4000, 100), lost: 5 }); // 96 of them find room, behind the 5
  queue.put({ packets: rows(4100, 10), lost: 1 });
  const taken = [];
  for (let left = 4096; left > 0; left -= taken.at(-1)!.packets.length) taken.push((await queue.take())!);
  expect(lengths(taken.flatMap(({ packets }) => packets))).toEqual(lengths(rows(0, 4096)));
  expect(taken.map(({ lost }) => lost)).toEqual([...new Array(taken.length - 1).fill(0), 5]);
  queue.put({ packets: rows(5000, 1), lost: 0 });
  expect(await queue.take()).toEqual({ packets: rows(5000, 1), lost: 4 + 10 + 1 });
});

test("what waits when nothing more comes can still be taken", async () => {
  const queue = createCapturedQueue();
  queue.put({ packets: rows(0, 2), lost: 0 });
  queue.close();
  queue.put({ packets: rows(2, 1), lost: 5 });
  expect(await queue.take()).toEqual({ packets: rows(0, 2), lost: 0 });
  expect(await queue.take()).toBeUndefined();
});

test("packets that are lost are told though none follows", async () => {
  const queue = createCapturedQueue();
  queue.put({ packets: [], lost: 9 });
  expect(await queue.take()).toEqual({ packets: [], lost: 9 });
});

test("whoever waits, or takes later, is told that it has failed", async () => {
  const queue = createCapturedQueue();
  const coming = queue.take();
  queue.fail(new Error("gone"));
  await expect(coming).rejects.toThrow("gone");
  await expect(queue.take()).rejects.toThrow("gone");
});
