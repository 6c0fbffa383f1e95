import { expect, test } from "vitest";
import { readRecordings } from "../recordings.ts";
import type { Invocation } from "./recording.ts";
import { replayRecording } from "./replay-recording.ts";
import { replayUntilPassed } from "./replay-recordings.ts";

const DEADLINE_MS = 300_000;
const { ofTool } = readRecordings(`${import.meta.dirname}/../recordings`);

test("recordings of the tool are there", () => {
  expect(ofTool.flatMap(({ steps }) => steps).length).toBeGreaterThan(400);
});

for (const recording of ofTool)
  test(`${recording.name}: every command line prints what ipvsadm printed, or differs knowingly`, {
    timeout: DEADLINE_MS,
  }, async () => {
    const rows = await replayUntilPassed(recording);
    expect(rows.length).toBe(recording.steps.length);
    expect(rows.filter((row) => row.result === "failed")).toEqual([]);
  });

const ran = (cmd: string, more: Partial<Invocation> = {}): Invocation => ({
  ...{ tag: "lies", cmd: `ipvsadm ${cmd}`, rc: 0, stdout: "", stderr: "" },
  ...more,
});
const SAVED = "-A -t 10.0.0.100:80 -s rr\n";
const TRUTH = ran("-A -t 10.0.0.100:80 -s rr", { tag: "first" });
/** Nothing of this was ever recorded; what is wrong with it. */
const LIES: readonly (readonly [Invocation, RegExp])[] = [
  [ran("-A -t 10.0.0.100:82 -s rr", { rc: 255, tag: "first" }), /exit code: wanted 255, got 0/],
  [ran("-S -n", { stdout: SAVED.replace("rr", "wrr") }), /standard output, line 1/],
  [ran("-S -n", { stdout: `${SAVED}\n` }), /standard output/],
  [ran("-A", { rc: 2, stderr: "no\n" }), /standard error/],
  [ran("-A -t 10.0.0.100:81 -s rr", { rules_added: [] }), /table: wanted \[\] added/],
  [ran("-C", { rules_removed: ["-A -t 10.0.0.100:99 -s rr"] }), /table: wanted .*99/],
  [{ ...ran(""), cmd: "cat /proc/meminfo" }, /unknown command/],
  [{ ...ran(""), cmd: "COMPARE", stdout: "different" }, /wanted different, got identical/],
];

test("what no ipvsadm has printed or done fails, and says where", { timeout: DEADLINE_MS }, async () => {
  const rows = await replayRecording({ name: "lies", steps: [TRUTH, ...LIES.map(([step]) => step)] });
  expect(rows[0]).toMatchObject({ result: "passed" });
  expect(rows.slice(1)).toMatchObject(
    LIES.map(([, why]) => ({ result: "failed", why: expect.stringMatching(why) })),
  );
});
