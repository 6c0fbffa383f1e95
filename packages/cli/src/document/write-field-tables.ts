/** Writes the tables of docs/configuration.md and the schemas beside it anew: `node packages/cli/src/document/write-field-tables.ts`. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nodeConfigJsonSchema } from "../node/config/node-config.ts";
import { editorSchema, formatSchema, SCHEMA_FILES, type SchemaName } from "./editor-schema.ts";
import { FIELD_TABLE_HEAD, fieldRows } from "./field-table.ts";
import { documentJsonSchema } from "./load-document.ts";
import { profileDefaults } from "./profile-defaults.ts";

const DOCS = join(import.meta.dirname, "../../../../docs");
const PAGE = join(DOCS, "configuration.md");
const SECTIONS = {
  "The document": fieldRows(documentJsonSchema(), profileDefaults()),
  "The node": fieldRows(nodeConfigJsonSchema()),
};

/** The first table below a heading, replaced. */
function withTable(page: string, heading: string, table: readonly string[]): string {
  const from = page.indexOf("\n| field |", page.indexOf(`\n## ${heading}\n`));
  const to = page.indexOf("\n\n", from);
  return `${page.slice(0, from)}\n${table.join("\n")}${page.slice(to)}`;
}

let page = readFileSync(PAGE, "utf8");
for (const [heading, rows] of Object.entries(SECTIONS))
  page = withTable(page, heading, [...FIELD_TABLE_HEAD, ...rows]);
writeFileSync(PAGE, page);

for (const [name, file] of Object.entries(SCHEMA_FILES))
  writeFileSync(join(DOCS, file), formatSchema(editorSchema(name as SchemaName)));
