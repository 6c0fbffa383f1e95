/** JSON Schemas of the two files that operators write, for their editors. */
import { nodeConfigJsonSchema } from "../node/config/node-config.ts";
import { documentJsonSchema } from "./load-document.ts";

/** Files that have a schema, by the name of the published one in docs/. */
export const SCHEMA_FILES = { document: "tandem.schema.json", node: "node.schema.json" } as const;
export type SchemaName = keyof typeof SCHEMA_FILES;

const TITLES: Readonly<Record<SchemaName, string>> = {
  document: "Tandem: the configuration document",
  node: "Tandem: a director's own configuration",
};

/** What an editor completes, explains and checks a file by. Rules across fields are not in it: `tandem apply --dry-run` asks them. */
export function editorSchema(name: SchemaName): object {
  const { $schema, ...schema } = { document: documentJsonSchema, node: nodeConfigJsonSchema }[name]();
  return { $schema, title: TITLES[name], ...schema };
}

/** As it stands in a file. */
export const formatSchema = (schema: object): string => `${JSON.stringify(schema, null, 2)}\n`;
