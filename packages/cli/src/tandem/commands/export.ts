/** `tandem export`: the document as a file, of now or of an earlier revision. */
import { specOf } from "@tandem/model";
import { documentText } from "../../document/document-text.ts";
import { withoutDefaults } from "../../document/without-defaults.ts";
import { exportLines, unsaid } from "../../import/export-lines.ts";
import { type Command, withDaemon } from "../command.ts";
import { REVISION_WORDS, wantedRevision } from "../named-document.ts";

const FORMATS = ["yaml", "json", "ipvsadm"] as const;

interface Options {
  readonly format: (typeof FORMATS)[number];
  readonly revision: string;
  readonly plain?: boolean;
}

export const exportDocument: Command<Options> = {
  options: [
    {
      flags: "--format <format>",
      help: "yaml, json, or ipvsadm: what `ipvsadm -R` of the kernel's tool reads",
      default: "yaml",
      values: FORMATS,
    },
    {
      flags: "--revision <revision>",
      help: `of this revision: ${REVISION_WORDS}`,
      default: "current",
      values: "revision",
    },
    { flags: "--plain", help: "without the comments that it was written with" },
  ],
  examples: [
    ["export >services.yaml", "to edit and apply again, comments included"],
    ["export --format ipvsadm | ipvsadm -R", "back to the kernel; what it cannot say is told"],
    ["export --revision 40", "what an earlier revision said"],
  ],
  async run({ options: { format, revision: word, plain = false } }, world) {
    return withDaemon(world, async (node) => {
      const revision = await wantedRevision(word, node, "export");
      const spec = specOf(await node.document(revision));
      const { text: written } = plain ? {} : await node.documentText(revision);
      const text = {
        yaml: () => documentText(spec, written),
        json: () => toJson(withoutDefaults(spec)),
        ipvsadm: () => exportLines(spec),
      }[format];
      if (format === "ipvsadm") for (const warning of unsaid(spec)) world.err.write(`warning: ${warning}\n`);
      return { json: spec, text };
    });
  },
};

const toJson = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
