/** `npm run compat -- --recordings DIR [--json] [--only TEXT]`: replay recordings of a kernel with IPVS through our own core, and say where they differ. */
import { parseArgs } from "node:util";
import { printRows } from "./print.ts";
import { type RecordingFile, readRecordings } from "./recordings.ts";
import { replayFile } from "./replay.ts";

const { values } = parseArgs({
  options: {
    recordings: { type: "string", default: `${import.meta.dirname}/recordings` },
    json: { type: "boolean", default: false },
    only: { type: "string", default: "" },
  },
});

function readFiles(folder: string): RecordingFile[] {
  try {
    return readRecordings(folder);
  } catch (error) {
    process.stderr.write(`Cannot read recordings in "${folder}": ${(error as Error).message}\n`);
    return [];
  }
}

const rows = readFiles(values.recordings).flatMap((file) => replayFile(file, values.only));
process.stdout.write(values.json ? `${JSON.stringify(rows, null, 1)}\n` : printRows(rows));
// nothing replayed is nothing proven
process.exitCode = rows.length === 0 || rows.some((r) => r.result === "failed") ? 1 : 0;
