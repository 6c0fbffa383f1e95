/** Replays recordings of the tool, side by side where time does not matter. */
import type { Row } from "../replay.ts";
import type { IpvsadmRecording } from "./recording.ts";
import { replayRecording } from "./replay-recording.ts";
import { connectionsIn } from "./sightings.ts";

/** As many as a small machine has processors. */
const AT_A_TIME = 2;

/** Replay them; needs root. One that cannot be is a row that failed. */
export async function replayRecordings(recordings: readonly IpvsadmRecording[], only = ""): Promise<Row[]> {
  const rows: Row[][] = recordings.map(() => []);
  const all = recordings.map((recording, i) => ({
    recording,
    i,
    isTimed: recording.steps.some(connectionsIn),
  }));
  const work = async (waiting: Iterable<(typeof all)[number]>) => {
    for (const { recording, i } of waiting) rows[i] = await replayUntilPassed(recording, only);
  };
  const untimed = all.filter(({ isTimed }) => !isTimed).values();
  await Promise.all(Array.from({ length: AT_A_TIME }, () => work(untimed)));
  // connections time out while others keep the machine busy: these go alone
  await work(all.filter(({ isTimed }) => isTimed));
  return rows.flat();
}

/** Connections that live for seconds must be listed before they are gone: on a busy machine that may take a second try. */
export async function replayUntilPassed(recording: IpvsadmRecording, only = ""): Promise<Row[]> {
  const rows = await replayed(recording, only);
  const isOver = rows.every((row) => row.result !== "failed") || !recording.steps.some(connectionsIn);
  return isOver ? rows : replayed(recording, only);
}

async function replayed(recording: IpvsadmRecording, only: string): Promise<Row[]> {
  try {
    return await replayRecording(recording, only);
  } catch (error) {
    const why = error instanceof Error ? error.message : JSON.stringify(error);
    return [{ file: recording.name, case: "all of it", result: "failed", step: "replay", why }];
  }
}
