/** `tandem set`: change single fields of the document. */
import { LbError, specOf } from "@tandem/model";
import { readAssignment, setFields } from "../../document/document-field.ts";
import { findParts, PART_NAMES } from "../../document/document-part.ts";
import { changeDocument } from "../change-document.ts";
import { type Command, withDaemon } from "../command.ts";

interface Options {
  readonly dryRun?: boolean;
  readonly reason?: string;
}

export const set: Command<Options> = {
  operands: [
    {
      name: "<what...>",
      help: `${PART_NAMES}; then field=value, as often as wanted: nothing behind = brings the default back`,
      values: "part",
    },
  ],
  options: [
    {
      flags: "--dry-run",
      help: "say what would change and what becomes of connections, and change nothing",
    },
    { flags: "--reason <text>", help: "why, for the history" },
  ],
  examples: [
    ["set tcp 192.0.2.1:80 10.0.0.1:8080 weight=5", "one destination of one service"],
    ["set 10.0.0.1 weight=0", "a destination in every service that has it"],
    ["set tcp 192.0.2.1:80 scheduler=wrr check.interval=5", "several fields at once"],
    ["set tcp 192.0.2.1:80 allow=10.0.0.0/8,192.0.2.0/24", "a list"],
    ["set settings dropEntry=auto", "a setting of the cluster"],
  ],
  async run({ operands, options: { dryRun = false, reason } }, world) {
    return withDaemon(world, async (node) => {
      const base = await node.document();
      const { parts, rest } = findParts(specOf(base), operands);
      const assignments = rest.map(readAssignment);
      if (assignments.length === 0) throw nothingToSet();
      const spec = parts.reduce((edited, part) => setFields(edited, part, assignments), specOf(base));
      const advice = `Nothing is lost: the same command with --dry-run says what it would change now.`;
      return changeDocument({ base, spec, dryRun, reason, advice }, node, world);
    });
  },
};

const nothingToSet = (): LbError =>
  new LbError({
    code: "invalid_argument",
    doing: "set anything",
    field: "the change",
    got: "missing",
    want: 'field=value, such as "weight=5"',
  });
