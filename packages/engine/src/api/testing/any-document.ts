/** Documents at random, made from the schema itself, so that no field can be forgotten. Each field is right; together they need not make sense. */
import { type Document, DocumentSchema } from "@tandem/model";
import fc from "fast-check";
import { z } from "zod";

/** The part of JSON Schema that documents are described with. */
interface Schema {
  /** Two of them: a number, or a text with units, which is read as a number before it gets here. */
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly oneOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
}

const ADDRESSES = fc.constantFrom("192.0.2.1", "10.0.0.7", "2001:db8::1", "::");
const PREFIXES = fc.constantFrom("192.0.2.0/24", "0.0.0.0/0", "2001:db8::/32", "2001:db8::1/128");
const PORTS = fc.constantFrom("80", "0-65535", "8000-8099");

/** Texts of the fields that take no word of a list, by their names. */
const TEXTS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  address: ADDRESSES,
  sourceAddresses: ADDRESSES,
  source: PREFIXES,
  destination: PREFIXES,
  allow: PREFIXES,
  deny: PREFIXES,
  sourcePorts: PORTS,
  destinationPorts: PORTS,
  interface: fc.constantFrom("eth0", "bond0.100"),
  path: fc.constantFrom("/", "/health?full=1"),
  host: fc.constantFrom("h", "www.example.org"),
};
/** Whole numbers without a limit of their own are ids and revisions. */
const MAX_ID = 2 ** 31 - 1;

function anyOf(schema: Schema, name: string): fc.Arbitrary<unknown> {
  if (schema.oneOf) return fc.oneof(...schema.oneOf.map((s) => anyOf(s, name)));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  const [type = ""] = [schema.type].flat();
  const make = ANY[type];
  if (!make) throw new Error(`no values for "${name}": ${JSON.stringify(schema)}`);
  return make(schema, name);
}

const ANY: Readonly<Record<string, (s: Schema, name: string) => fc.Arbitrary<unknown>>> = {
  boolean: () => fc.boolean(),
  integer: ({ minimum = 0, maximum = MAX_ID }) =>
    fc.integer({ min: minimum, max: Number.isSafeInteger(maximum + 1) ? maximum : MAX_ID }),
  number: ({ minimum = 0, maximum = 1 }) => fc.double({ min: minimum, max: maximum, noNaN: true }),
  string: (_, name) => TEXTS[name] ?? fc.string(),
  array: ({ items = {}, minItems = 0 }, name) =>
    fc.array(anyOf(items, name), { minLength: minItems, maxLength: Math.max(3, minItems) }),
  object({ properties, required = [], additionalProperties }) {
    if (!properties)
      return fc.dictionary(
        fc.constantFrom("tcp 192.0.2.1:80", "mark 7 ipv4"),
        anyOf(additionalProperties as Schema, ""),
      );
    const fields = Object.entries(properties).map(([name, s]) => [name, anyOf(s, name)] as const);
    return fc.record(Object.fromEntries(fields), { requiredKeys: [...required] });
  },
};

/** Documents with every field, each absent now and then. */
export const anyDocument: fc.Arbitrary<Document> = anyOf(
  z.toJSONSchema(DocumentSchema, { io: "input" }) as Schema,
  "",
)
  .map((document) => DocumentSchema.safeParse(document).data)
  .filter((document) => document !== undefined);
