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
