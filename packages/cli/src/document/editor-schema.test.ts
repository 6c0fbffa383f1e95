import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DocumentSpec } from "@tandem/model";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { fakeSpec } from "../testing/fake-history.ts";
import { editorSchema, formatSchema, SCHEMA_FILES, type SchemaName } from "./editor-schema.ts";
import { withoutDefaults } from "./without-defaults.ts";

const docs = join(import.meta.dirname, "../../../../docs");
const NAMES = Object.keys(SCHEMA_FILES) as SchemaName[];

for (const name of NAMES) {
  test(`docs/${SCHEMA_FILES[name]} is what "tandem schema ${name}" prints: else run write-field-tables.ts`, () =>
    expect(JSON.parse(readFileSync(join(docs, SCHEMA_FILES[name]), "utf8"))).toEqual(
      JSON.parse(formatSchema(editorSchema(name))),
    ));
}

/** What the published schema alone makes of a value: it is read back, so nothing of ours is left in it. */
const accepts = (name: SchemaName) => {
  const schema = z.fromJSONSchema(JSON.parse(formatSchema(editorSchema(name))));
  return (value: unknown) => schema.safeParse(value).success;
};

/** The YAML in a page that is a whole file. */
const examplesIn = (page: string, first: string): unknown[] =>
  [...readFileSync(join(docs, page), "utf8").matchAll(/```yaml\n(.*?)```/gs)]
    .map(([, text]) => parse(text!))
    .filter((value) => Object.hasOwn(Object(value), first));

const web = { protocol: "tcp", address: "192.0.2.1", port: 80 };
const service = (fields: object) => ({ version: 1, services: [{ ...web, ...fields }] });
const settings = (fields: object) => ({ version: 1, settings: fields });

const sound: [what: string, document: unknown][] = [
  ["nothing but a version", { version: 1 }],
  ["all fields of a document", fakeSpec],
  ["a document without defaults", withoutDefaults(fakeSpec)],
  [
    "units",
    service({ slowStart: "1h", check: { type: "tcp", interval: "500ms" }, persistence: { timeout: "6m" } }),
  ],
  ["numbers", service({ slowStart: 30.5, check: { type: "http", interval: 0.5, status: [200, 204] } })],
  ["timeouts", settings({ timeouts: { tcp: { established: "15m", close: 10 } } })],
  ["marks", { version: 1, marks: [{ mark: 1, destinationPorts: "80-90" }] }],
  ...examplesIn("tandem-and-ipvs.md", "version").map((each): [string, unknown] => [
    "an example of the docs",
    each,
  ]),
];
for (const [what, document] of sound) {
  test(`the document's schema accepts ${what}, as the reader does`, () => {
    expect(DocumentSpec.safeParse(document).error?.issues).toBeUndefined();
    expect(accepts("document")(document)).toBe(true);
  });
}

const mistaken: [what: string, document: unknown][] = [
  ["no version", {}],
  ["another version", { version: 2 }],
  ["an unknown field", { version: 1, service: [] }],
  ["an unknown field within", service({ schedular: "rr" })],
  ["a word that is none of its words", service({ scheduler: "random" })],
  ["a number above its range", service({ port: 70_000 })],
  ["a number below its range", service({ check: { type: "tcp", rise: 0 } })],
  ["a fraction of what is whole", service({ port: 80.5 })],
  ["text for a number", service({ port: "80" })],
  ["a number for text", service({ address: 7 })],
  ["a unit that there is not", service({ slowStart: "5x" })],
  ["a text of digits for a duration", service({ slowStart: "5" })],
  ["text for a flag", service({ sloppy: "yes" })],
  ["a map for a list", { version: 1, services: web }],
  ["an HTTP check's field in one of TCP", service({ check: { type: "tcp", path: "/" } })],
  ["a check without a type", service({ check: { interval: 2 } })],
  ["a destination without an address", service({ destinations: [{ port: 80 }] })],
  ["a state that the protocol has not", settings({ timeouts: { udp: { established: 5 } } })],
];
for (const [what, document] of mistaken) {
  test(`the document's schema refuses ${what}, as the reader does`, () => {
    expect(DocumentSpec.safeParse(document).success).toBe(false);
    expect(accepts("document")(document)).toBe(false);
  });
}

test("the node's schema accepts a director's configuration and refuses a mistaken one", () => {
  const node = { interfaces: [{ name: "eth0" }], metrics: { listen: "[::1]:9110" } };
  expect(accepts("node")(node)).toBe(true);
  expect(accepts("node")({ ...node, interfaces: [] })).toBe(false);
  expect(accepts("node")({ ...node, logLevel: "loud" })).toBe(false);
});

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
}

const undescribed = (schema: Schema, at: string): string[] => [
  ...Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [
    ...(field.description === undefined ? [`${at}.${name}`] : []),
    ...undescribed(field, `${at}.${name}`),
  ]),
  ...(schema.items ? undescribed(schema.items, `${at}[]`) : []),
  ...(schema.oneOf ?? []).flatMap((variant) => undescribed(variant, at)),
];

for (const name of NAMES) {
  test(`every field of the ${name}'s schema is explained`, () =>
    expect(undescribed(editorSchema(name), name)).toEqual([]));
}
