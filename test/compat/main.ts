/** `npm run compat -- --recordings DIR [--json] [--only TEXT]`: replay recordings of a kernel with IPVS, and of its tool, through our own, and say where they differ. */
import { parseArgs } from "node:util";
import { replayRecordings } from "./ipvsadm/replay-recordings.ts";
import { printRows } from "./print.ts";
import { readRecordings } from "./recordings.ts";
import { type Row, replayFile } from "./replay.ts";

const USAGE = `Usage: npm run compat -- [options]

  --recordings DIR  the recordings; the project's own if absent
  --only TEXT       only files and cases with TEXT in their name
  --json            print rows as JSON
  --help            print this

Exit code: 0 all passed or differ knowingly, 1 some failed, 2 nothing was replayed.
`;

const options = {
  recordings: { type: "string", default: `${import.meta.dirname}/recordings` },
  json: { type: "boolean", default: false },
  only: { type: "string", default: "" },
  help: { type: "boolean", default: false },
} as const;

async function replayFolder(folder: string, only: string): Promise<Row[]> {
  const { files, ofTool } = readRecordings(folder);
  const rows = [
    ...files.flatMap((file) => replayFile(file, only)),
    ...(await replayRecordings(ofTool, only)),
  ];
  if (rows.length > 0) return rows;
  // nothing replayed is nothing proven
  const named = only === "" ? "" : ` with "${only}" in its name or its file's`;
  throw new Error(`no recorded case${named} in "${folder}", wanted one at least`);
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const rows = await replayFolder(values.recordings, values.only);
  process.stdout.write(values.json ? `${JSON.stringify(rows, null, 1)}\n` : printRows(rows));
  return rows.some((row) => row.result === "failed") ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`Cannot replay recordings: ${(error as Error).message}\n`);
  process.exitCode = 2;
}
