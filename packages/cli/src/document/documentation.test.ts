import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { nodeConfigJsonSchema } from "../node/node-config.ts";
import { documentJsonSchema } from "./load-document.ts";

/** The part of JSON Schema that the tables are made from. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
}

/** Fields without a value of their own: rows for what is in them say enough. */
const isGroup = (s: Schema): boolean => s.description === undefined && s.properties !== undefined;

function rowsOf(schema: Schema, at = ""): string[] {
  const variants = schema.oneOf ?? [schema];
  const rows = variants.flatMap(({ properties = {}, required = [] }) =>
    Object.entries(properties).flatMap(([name, field]) => {
      const path = at === "" ? name : `${at}.${name}`;
      const row = `| \`${path}\` | ${defaultOf(field, required.includes(name))} | ${meaningOf(field)} |`;
      const inside = field.items ? rowsOf(field.items, `${path}[]`) : rowsOf(field, path);
      return isGroup(field) ? inside : [row, ...inside];
    }),
  );
  return [...new Set(rows)];
}

function defaultOf(field: Schema, isRequired: boolean): string {
  if (isRequired) return "required";
  const isPlain = field.default !== undefined && JSON.stringify(field.default) !== "{}";
  return isPlain ? `\`${JSON.stringify(field.default).replaceAll('"', "")}\`` : "";
}

function meaningOf({ const: only, enum: choice, description }: Schema): string {
  const values = choice ?? (only === undefined ? [] : [only]);
  return [values.map((v) => `\`${v}\``).join(", "), description].filter(Boolean).join(": ");
}

const docs = readFileSync(join(import.meta.dirname, "../../../../docs/configuration.md"), "utf8");

/** Rows of the table below a heading of docs/configuration.md. */
function documented(heading: string): string[] {
  const [, section = ""] = docs.split(`\n## ${heading}\n`);
  return (section.split("\n## ")[0] ?? "").split("\n").filter((line) => line.startsWith("| `"));
}

test("docs/configuration.md lists every field of the document as it is", () => {
  expect(documented("The document")).toEqual(rowsOf(documentJsonSchema()));
});

test("docs/configuration.md lists every field of the node's configuration as it is", () => {
  expect(documented("The node")).toEqual(rowsOf(nodeConfigJsonSchema()));
});
