import { expect, test } from "vitest";
import { readRecordings } from "../recordings.ts";
import { replayRecording } from "./replay-recording.ts";

const DEADLINE_MS = 300_000;
const { ofTool } = readRecordings(`${import.meta.dirname}/../recordings`);

test("recordings of the tool are there", () => {
  expect(ofTool.flatMap(({ steps }) => steps).length).toBeGreaterThan(400);
});

for (const recording of ofTool)
  test(`${recording.name}: every command line prints what ipvsadm printed, or differs knowingly`, {
    timeout: DEADLINE_MS,
  }, async () => {
    const rows = await replayRecording(recording);
    expect(rows.length).toBe(recording.steps.length);
    expect(rows.filter((row) => row.result === "failed")).toEqual([]);
  });
