import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, expect, test } from "vitest";
import { identify, isIn, killEvery, processesIn, signalProcess, stateOf } from "./process.ts";
import { until } from "./until.ts";

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

function startSleeper() {
  const child = spawn("sleep", ["1000"]);
  started.push(child);
  return { child, id: identify(child.pid!)! };
}

test("process is known by pid and start time", () => {
  const { id } = startSleeper();
  expect(stateOf(id)).toBe("running");
  expect(stateOf({ ...id, startTime: id.startTime + 1 })).toBe("ended");
});

test("process that took over a pid is not signalled", () => {
  const { id } = startSleeper();
  expect(signalProcess({ ...id, startTime: id.startTime - 1 }, "SIGKILL")).toBe(false);
  expect(stateOf(id)).toBe("running");
});

test("process is seen stopped, continued and ended", async () => {
  const { child, id } = startSleeper();
  const isNow = (state: string) => until(() => stateOf(id) === state, { deadlineMs: 5_000, what: state });
  expect(signalProcess(id, "SIGSTOP")).toBe(true);
  await isNow("stopped");
  signalProcess(id, "SIGCONT");
  await isNow("running");
  const ended = once(child, "exit");
  signalProcess(id, "SIGKILL");
  await ended;
  expect(stateOf(id)).toBe("ended");
  expect(signalProcess(id, "SIGKILL")).toBe(false);
});

test("processes of a network namespace are found, and those of none are not", () => {
  const { id } = startSleeper();
  expect(processesIn("/proc/self/ns/net")).toContainEqual(id);
  expect(processesIn("/run/netns/no-such-namespace")).toEqual([]);
  expect([isIn(id, "/proc/self/ns/net"), isIn(id, "/run/netns/no-such-namespace")]).toEqual([true, false]);
});

test("killing every process resolves when the last has gone", async () => {
  const ids = [startSleeper(), startSleeper()].map(({ id }) => id);
  await killEvery(() => ids.filter((id) => stateOf(id) !== "ended"), "the sleepers have ended");
  expect(ids.map(stateOf)).toEqual(["ended", "ended"]);
});
