/** `tandem history`: who changed the document, when, and what. */
import type { RevisionList } from "@tandem/engine/client";
import { type Command, withDaemon } from "../command.ts";
import { formatTable, formatTime, type Paint } from "../format.ts";
import { wholeNumber } from "../read-option.ts";

interface Options {
  readonly limit: number;
}

const COLUMNS = [
  { title: "REVISION", align: "right" },
  { title: "WHEN" },
  { title: "WHO" },
  { title: "WHAT", least: 20 },
  { title: "WHY", least: 20, wraps: true },
] as const;

/** Of a revision that was written for its comments, or to bring back a store. */
const NO_DIFFERENCE = ["faint", "no difference but in comments"] as const;

export const history: Command<Options> = {
  options: [
    {
      flags: "-n, --limit <n>",
      help: "at most so many of the newest revisions",
      default: 20,
      read: wholeNumber("--limit", 1, 1000),
    },
  ],
  examples: [
    ["history", "who changed what?"],
    ["diff 41 42", "what exactly?"],
    ["rollback 41", "go back"],
  ],
  async run({ options: { limit } }, world) {
    const list = await withDaemon(world, (node) => node.revisions(limit));
    return { json: list, text: (paint) => formatList(list, paint) };
  },
};

function formatList({ revisions, incomplete }: RevisionList, paint: Paint): string {
  if (revisions.length === 0) return "There is no document yet.\n";
  const rows = revisions.map(({ revision, running, timeMs, author, summary, reason }) => [
    `${running ? "* " : ""}${revision}`,
    formatTime(timeMs),
    author,
    summary || NO_DIFFERENCE,
    reason,
  ]);
  const more = incomplete === "" ? "" : `${paint("warn", "There may be more")}: ${incomplete}\n`;
  return formatTable(COLUMNS, rows, paint) + more;
}
