/** `tandem restore`: bring back what `tandem backup` wrote, also into a cluster that lost everything. */
import { specOf } from "@tandem/model";
import { decodeBackup } from "../../document/backup.ts";
import { changeDocument } from "../change-document.ts";
import { type Command, withDaemon } from "../command.ts";

interface Options {
  readonly dryRun?: boolean;
  readonly reason?: string;
}

export const restore: Command<Options> = {
  operands: [{ name: "<file>", help: "what `tandem backup` wrote", values: "file" }],
  options: [
    {
      flags: "--dry-run",
      help: "say what would change and what becomes of connections, and change nothing",
    },
    { flags: "--reason <text>", help: "why, for the history" },
  ],
  examples: [
    ["restore tandem-backup.json --dry-run", "what is different from then?"],
    ["restore tandem-backup.json", "services and destinations get back the ids that their connections know"],
  ],
  async run({ operands: [file = ""], options: { dryRun = false, reason } }, world) {
    const { document, text } = decodeBackup(await world.readText(file), file);
    return withDaemon(world, async (node) => {
      const base = await node.document();
      const advice = `Nothing is lost: \`tandem restore ${file} --dry-run\` says what it would change now.`;
      const wanted = { base, spec: specOf(document), dryRun, reason, advice };
      const written = text === undefined ? {} : { text };
      return changeDocument(
        { ...wanted, send: (terms) => node.restore(document, { ...terms, ...written }) },
        node,
        world,
      );
    });
  },
};
