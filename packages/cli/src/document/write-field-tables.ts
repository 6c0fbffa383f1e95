/** Writes the tables of docs/configuration.md anew: `node packages/cli/src/document/write-field-tables.ts`. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nodeConfigJsonSchema } from "../node/node-config.ts";
import { FIELD_TABLE_HEAD, fieldRows } from "./field-table.ts";
import { documentJsonSchema } from "./load-document.ts";

const PAGE = join(import.meta.dirname, "../../../../docs/configuration.md");
const SECTIONS = { "The document": documentJsonSchema(), "The node": nodeConfigJsonSchema() };

/** The first table below a heading, replaced. */
function withTable(page: string, heading: string, table: readonly string[]): string {
  const from = page.indexOf("\n| field |", page.indexOf(`\n## ${heading}\n`));
  const to = page.indexOf("\n\n", from);
  return `${page.slice(0, from)}\n${table.join("\n")}${page.slice(to)}`;
}

let page = readFileSync(PAGE, "utf8");
for (const [heading, schema] of Object.entries(SECTIONS))
  page = withTable(page, heading, [...FIELD_TABLE_HEAD, ...fieldRows(schema)]);
writeFileSync(PAGE, page);
