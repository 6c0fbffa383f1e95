/** `tandem rollback`: make an earlier revision's document the newest. */
import { specOf } from "@tandem/model";
import { changeDocument } from "../change-document.ts";
import { type Command, withDaemon } from "../command.ts";
import { REVISION_WORDS, wantedRevision } from "../named-document.ts";

interface Options {
  readonly dryRun?: boolean;
  readonly reason?: string;
}

export const rollback: Command<Options> = {
  operands: [
    { name: "<revision>", help: `the revision to go back to: ${REVISION_WORDS}`, values: "revision" },
  ],
  options: [
    {
      flags: "--dry-run",
      help: "say what would change and what becomes of connections, and change nothing",
    },
    { flags: "--reason <text>", help: "why, for the history; else it says which revision it went back to" },
  ],
  examples: [
    ["rollback previous --dry-run", "what did the last change do, the other way round?"],
    ["rollback previous", "undo it, as a new revision"],
    ["rollback 40", "back to an older one; `tandem history` lists them"],
  ],
  async run({ operands: [word = ""], options: { dryRun = false, reason } }, world) {
    return withDaemon(world, async (node) => {
      const base = await node.document();
      const revision = await wantedRevision(word, node, "roll back");
      const spec = specOf(await node.document(revision));
      const advice = `Nothing is lost: \`tandem rollback ${revision} --dry-run\` says what it would change now.`;
      const wanted = { base, spec, dryRun, reason, advice };
      return changeDocument(
        { ...wanted, send: (terms) => node.rollBack({ revision, ...terms }) },
        node,
        world,
      );
    });
  },
};
