/** `tandem schema`: what editors complete, explain and check the two files by. */
import { editorSchema, formatSchema, SCHEMA_FILES, type SchemaName } from "../../document/editor-schema.ts";
import type { Command } from "../command.ts";
import { oneOf } from "../read-option.ts";

const NAMES = Object.keys(SCHEMA_FILES) as SchemaName[];

export const schema: Command<object> = {
  operands: [
    {
      name: "[file]",
      help: "document: what is balanced; node: a director's own configuration. Default: document",
      values: NAMES,
    },
  ],
  options: [],
  examples: [
    [
      "schema >/etc/tandem/tandem.schema.json",
      "for `# yaml-language-server: $schema=/etc/tandem/tandem.schema.json` as its first line",
    ],
    ["schema node", "of /etc/tandem/node.yaml"],
  ],
  async run({ operands: [word = "document"] }) {
    const found = editorSchema(oneOf("file", NAMES)(word));
    return { json: found, text: () => formatSchema(found) };
  },
};
