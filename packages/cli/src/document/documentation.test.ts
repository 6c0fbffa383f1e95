import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { nodeConfigJsonSchema } from "../node/config/node-config.ts";
import { FIELD_TABLE_HEAD, fieldRows } from "./field-table.ts";
import { documentJsonSchema } from "./load-document.ts";
import { profileDefaults } from "./profile-defaults.ts";

const page = readFileSync(join(import.meta.dirname, "../../../../docs/configuration.md"), "utf8");

/** The first table below a heading of docs/configuration.md. */
function tableBelow(heading: string): string[] {
  const [, section = ""] = page.split(`\n## ${heading}\n`);
  const [, table = ""] = section.split("\n| field |");
  return `| field |${table}`.split("\n\n")[0]!.split("\n");
}

const tables: [heading: string, rows: string[]][] = [
  ["The document", fieldRows(documentJsonSchema(), profileDefaults())],
  ["The node", fieldRows(nodeConfigJsonSchema())],
];
for (const [heading, rows] of tables) {
  test(`docs/configuration.md lists every field of "${heading}" as it is: else run write-field-tables.ts`, () =>
    expect(tableBelow(heading)).toEqual([...FIELD_TABLE_HEAD, ...rows]));
}

test("a table of fields shows defaults, choices, ranges, and names that need no words in one row", () => {
  const schema = {
    properties: {
      a: { default: 3, minimum: 0, maximum: 9, description: "A number." },
      b: { enum: ["x", "y"], description: "A word." },
      c: {
        description: "Times.",
        properties: { one: { minimum: 1, maximum: 2 }, two: { minimum: 1, maximum: 2 } },
      },
      d: { description: "Things.", maxItems: 5, items: { properties: { e: { const: 1 } }, required: ["e"] } },
      f: { properties: { g: { description: "Inside.", default: [] } } },
    },
  };
  expect(fieldRows(schema, { a: { lvs: 5 } })).toEqual([
    "| `a` | `3`; lvs: `5` | 0 to 9 | A number. |",
    "| `b` |  | `x`, `y` | A word. |",
    "| `c` |  | `one`, `two`: 1 to 2 | Times. |",
    "| `d` |  | at most 5 | Things. |",
    "| `d[].e` | required | `1` |  |",
    "| `f.g` |  |  | Inside. |",
  ]);
});
