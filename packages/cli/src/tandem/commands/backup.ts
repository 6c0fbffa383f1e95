/** `tandem backup`: all that `tandem restore` needs, on the standard output. */
import { encodeBackup } from "../../document/backup.ts";
import { type Command, withDaemon } from "../command.ts";

export const backup: Command<object> = {
  options: [],
  examples: [["backup >tandem-backup.json", "the document with its ids, its comments and its history"]],
  async run(_, world) {
    return withDaemon(world, async (node) => {
      const [document, { text }, { revisions }, { node: name }] = await Promise.all([
        node.document(),
        node.documentText(),
        node.revisions(),
        node.status(),
      ]);
      const kept = { node: name, timeMs: world.now(), document, ...(text !== undefined && { text }) };
      const json = encodeBackup({ ...kept, history: revisions });
      return { json, text: () => `${JSON.stringify(json, null, 2)}\n` };
    });
  },
};
