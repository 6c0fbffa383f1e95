import { LbError } from "@tandem/model";
import { expect, test } from "vitest";
import type { World } from "./command.ts";
import { waitForDrain } from "./wait-for-drain.ts";

const cases = [
  { name: "gives what it ends 3 s to be gone", killed: 7, goneAfterMs: 3000, tookMs: 8000, exitCode: 0 },
  { name: "counts what is left then", killed: 7, goneAfterMs: 3001, tookMs: 8000, exitCode: 1 },
  { name: "does not wait when it ended nothing", killed: 0, goneAfterMs: 1, tookMs: 5000, exitCode: 1 },
];
for (const c of cases) {
  test(`a wait for a drain whose deadline has passed ${c.name}`, async () => {
    let nowMs = 0;
    let goneAtMs = Infinity;
    const world = {
      ...{ out: { isTTY: false }, now: () => nowMs, untilSignal: () => new Promise(() => {}) },
      sleep: async (ms: number) => void (nowMs += ms),
    } as unknown as World;
    const wait = {
      remainder: async () => ({ left: nowMs >= goneAtMs ? 0 : 7, closing: 0, templates: 0 }),
      async atDeadline() {
        goneAtMs = nowMs + c.goneAfterMs;
        return c.killed;
      },
      deadlineMs: 5000,
      undo: "`tandem drain 10.0.0.1 --undo`",
    };
    const answers = await Array.fromAsync(waitForDrain(world, wait));
    expect(answers.at(-1)!.exitCode).toBe(c.exitCode);
    expect(nowMs).toBe(c.tookMs);
  });
}

/** A wait of ten seconds, whose daemon is away from the first till the second time (ms). */
async function waitWithout(awayFromMs: number, awayTillMs: number) {
  let nowMs = 0;
  const told: string[] = [];
  const world = {
    ...{ out: { isTTY: false }, err: { write: (text: string) => void told.push(text) } },
    ...{ now: () => nowMs, untilSignal: () => new Promise(() => {}) },
    sleep: async (ms: number) => void (nowMs += ms),
  } as unknown as World;
  const ended: number[] = [];
  const wait = {
    async remainder() {
      if (nowMs < awayFromMs || nowMs >= awayTillMs)
        return { left: ended.length ? 0 : 7, closing: 0, templates: 0 };
      throw new LbError({ code: "unavailable", what: "the daemon", why: "nobody listens" });
    },
    async atDeadline() {
      ended.push(nowMs);
      return 7;
    },
    deadlineMs: 10_000,
    undo: "`tandem drain 10.0.0.1 --undo`",
  };
  const answers = await Array.fromAsync(waitForDrain(world, wait)).catch((error: Error) => error.message);
  return { answers, told, ended };
}

test("a wait for a drain goes on while the daemon is away, and does at the deadline what it is to do", async () => {
  const { answers, told, ended } = await waitWithout(2000, 6000);
  expect(told).toEqual(["The daemon does not answer: waiting for it\n", "The daemon answers again\n"]);
  expect(ended).toEqual([10_000]);
  expect(answers.at(-1)).toMatchObject({ exitCode: 0 });
});

test("a wait for a drain whose daemon is away at the deadline says that it stays drained, and nobody was ended", async () => {
  const { answers, ended } = await waitWithout(2000, Infinity);
  expect(answers).toBe(
    "Cannot reach the daemon: nobody listens; it stays drained, no connection was ended; back with `tandem drain 10.0.0.1 --undo`",
  );
  expect(ended).toEqual([]);
});
