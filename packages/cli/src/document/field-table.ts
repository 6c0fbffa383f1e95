/** Tables of what may stand in a file, made from its schema, for docs/configuration.md. */

/** The part of JSON Schema that the tables are made from. */
export interface Schema {
  /** Two of them: a number, or a text with units. */
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
}

/** Columns of the table. */
export const FIELD_TABLE_HEAD = ["| field | default | values | meaning |", "|---|---|---|---|"];

/** Defaults of profiles, by path and profile. */
export type OtherDefaults = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** One row for every field, in order: path, defaults or "required", choices or range, and meaning. */
export function fieldRows(schema: object, others: OtherDefaults = {}): string[] {
  return rowsOf(schema, "", others);
}

function rowsOf(schema: Schema, at: string, others: OtherDefaults): string[] {
  const rows = (schema.oneOf ?? [schema]).flatMap(({ properties = {}, required = [] }) =>
    Object.entries(properties).flatMap(([name, field]) => {
      const path = at === "" ? name : `${at}.${name}`;
      const row = `| \`${path}\` | ${defaultOf(field, required.includes(name))}${formatOthers(others[path])} | ${valuesOf(field)} | ${field.description ?? ""} |`;
      return [...(isPlainGroup(field) ? [] : [row]), ...rowsWithin(field, path, others)];
    }),
  );
  return [...new Set(rows)];
}

/** Fields that only hold others: rows for what is in them say enough. */
const isPlainGroup = (s: Schema): boolean => s.description === undefined && s.properties !== undefined;

/** Fields that are all alike: their names are the group's values. */
const isList = (s: Schema): boolean => {
  const fields = Object.values(s.properties ?? {});
  return fields.length > 1 && new Set(fields.map((field) => JSON.stringify(field))).size === 1;
};

function rowsWithin(field: Schema, path: string, others: OtherDefaults): string[] {
  if (field.items) return rowsOf(field.items, `${path}[]`, others);
  return isList(field) && !field.oneOf ? [] : rowsOf(field, path, others);
}

/** "required", a value in code, or nothing. */
export function defaultOf(field: Schema, isRequired: boolean): string {
  if (isRequired) return "required";
  const isPlain = field.default !== undefined && !["{}", "[]"].includes(JSON.stringify(field.default));
  return isPlain ? `\`${JSON.stringify(field.default).replaceAll('"', "")}\`` : "";
}

const formatOthers = (others: OtherDefaults[string] = {}): string =>
  Object.entries(others)
    .map(([profile, value]) => `; ${profile}: \`${value}\``)
    .join("");

/** Choices or range, or nothing. */
export function valuesOf(field: Schema): string {
  const { const: only, enum: choice = only === undefined ? [] : [only] } = field;
  const names = Object.keys(field.properties ?? {});
  if (choice.length > 0) return inCode(choice);
  if (names.length > 0 && isList(field))
    return `${inCode(names)}: ${rangeOf(Object.values(field.properties!)[0]!)}`;
  if (field.items?.enum) return `list of ${inCode(field.items.enum)}`;
  return rangeOf(field);
}

const inCode = (values: readonly unknown[]): string => values.map((v) => `\`${v}\``).join(", ");

function rangeOf({ type, minimum, maximum, maxItems }: Schema): string {
  if (maxItems !== undefined) return `at most ${maxItems}`;
  if (minimum === undefined || maximum === undefined) return "";
  return `${minimum} to ${maximum}${Array.isArray(type) ? ", or with a unit" : ""}`;
}
