/** Replays recordings of the tool side by side: most of the time is spent waiting for commands. */
import type { Row } from "../replay.ts";
import type { IpvsadmRecording } from "./recording.ts";
import { replayRecording } from "./replay-recording.ts";

/** As many as a small machine has processors: connections time out as they did when they were recorded, and must be listed before. */
const AT_A_TIME = 2;

/** Replay them; needs root. One that cannot be is a row that failed. */
export async function replayRecordings(recordings: readonly IpvsadmRecording[], only = ""): Promise<Row[]> {
  const rows: Row[][] = recordings.map(() => []);
  const waiting = recordings.entries();
  const work = async () => {
    for (const [i, recording] of waiting) rows[i] = await replayed(recording, only);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return rows.flat();
}

async function replayed(recording: IpvsadmRecording, only: string): Promise<Row[]> {
  try {
    return await replayRecording(recording, only);
  } catch (error) {
    const why = error instanceof Error ? error.message : JSON.stringify(error);
    return [{ file: recording.name, case: "all of it", result: "failed", step: "replay", why }];
  }
}
