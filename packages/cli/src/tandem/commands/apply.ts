/** `tandem apply`: make a file the document of the node or cluster. */
import { isDeepStrictEqual } from "node:util";
import type { RemoteNode } from "@tandem/engine/client";
import { type Document, LbError, specOf } from "@tandem/model";
import { keptText } from "../../document/document-text.ts";
import { changeDocument } from "../change-document.ts";
import { type Command, withDaemon } from "../command.ts";
import { wholeNumber } from "../read-option.ts";

interface Options {
  readonly file: string;
  readonly dryRun?: boolean;
  readonly reason?: string;
  readonly revision?: number;
}

export const apply: Command<Options> = {
  options: [
    {
      flags: "-f, --file <file>",
      help: "the document, YAML or JSON; - reads the standard input",
      required: true,
      values: "file",
    },
    {
      flags: "--dry-run",
      help: "say what would change and what becomes of connections, and change nothing",
    },
    { flags: "--reason <text>", help: "why, for the history" },
    {
      flags: "--revision <n>",
      help: "only if the document is still at this revision: the one that the file was made from",
      read: wholeNumber("--revision", 0, Number.MAX_SAFE_INTEGER),
    },
  ],
  examples: [
    ["apply -f services.yaml --dry-run", "what would this change?"],
    ["apply -f services.yaml", "change it"],
    ["apply -f - <services.yaml", "from a pipe"],
  ],
  async run({ options: { file, dryRun = false, reason, revision } }, world) {
    const { spec, text, locate } = await world.readDocument(file);
    const advice = `Nothing is lost: \`tandem apply -f ${file} --dry-run\` says what it would change now.`;
    return withDaemon(world, async (node) => {
      const current = await node.document();
      const base = await baseOf(revision ?? current.revision, current, node);
      // a text that says the same keeps the revision, whatever its comments: a second apply changes nothing
      const written = isDeepStrictEqual(spec, specOf(current)) ? {} : { text: keptText(text) };
      const wanted = { base, spec, dryRun, reason, advice };
      const change = changeDocument(
        { ...wanted, send: (terms) => node.apply(spec, { ...terms, ...written }) },
        node,
        world,
      );
      return change.catch((error) => {
        throw locate(error);
      });
    });
  },
};

/** The document that a file was made from; of one that is no longer kept, it is known only that it is not the current one. */
async function baseOf(revision: number, current: Document, node: RemoteNode): Promise<Document> {
  if (revision === current.revision) return current;
  return node.document(revision).catch((error) => {
    const isLost = error instanceof LbError && error.failure.code === "not_found";
    throw isLost ? new LbError({ code: "stale_revision", have: revision, current: current.revision }) : error;
  });
}
