/** What the API's proto says of the document's fields, made from the document's schema: each meaning, range and default stands in one place. */
import { defaultOf, type Schema, valuesOf } from "./field-table.ts";

/** Where each message of the document is in the schema: names of fields; a list stands for its items. */
const MESSAGES: Readonly<Record<string, readonly string[]>> = {
  Settings: ["settings"],
  SyncDaemon: ["settings", "syncDaemons"],
  Timeouts: ["settings", "timeouts"],
  MarkRule: ["marks"],
  Service: ["services"],
  Persistence: ["services", "persistence"],
  Tunnel: ["services", "tunnel"],
  Destination: ["services", "destinations"],
  Check: ["services", "check"],
};
/** Characters of a line. */
const WIDTH = 140;

/** The text of a proto with comments before every field that the document's schema has, in place of those that stood there. */
export function withComments(proto: string, schema: object): string {
  const lines: string[] = [];
  let message: Schema = {};
  for (const line of proto.split("\n")) {
    const [, opened] = /^message (\w+) \{/.exec(line) ?? [];
    if (opened) message = within(schema, MESSAGES[opened]);
    const [, name = ""] = /^ {2}(?:(?:optional|repeated) )?[\w<>, ]+ (\w+) = \d+;/.exec(line) ?? [];
    const comment = commentOf(message, camelCase(name));
    if (comment) {
      while (lines.at(-1)?.startsWith("  //")) lines.pop();
      lines.push(...wrapped(comment));
    }
    lines.push(line);
  }
  return lines.join("\n");
}

function within(schema: Schema, path: readonly string[] | undefined): Schema {
  if (!path) return {};
  return path.reduce<Schema>((at, name) => {
    const field = at.properties?.[name] ?? {};
    return field.items ?? field;
  }, schema);
}

function commentOf({ oneOf, ...plain }: Schema, name: string): string | undefined {
  const kinds = (oneOf ?? [plain]).flatMap((each) => {
    const field = each.properties?.[name];
    return field ? [comment(field, each.required?.includes(name) ?? false)] : [];
  });
  return kinds.length === 0 ? undefined : [...new Set(kinds)].join(" ").replaceAll("`", '"');
}

/** Meaning, choices or range, default. */
function comment(field: Schema, isRequired: boolean): string {
  if (field.const !== undefined) return `\`${field.const}\`: ${field.description ?? "the only one."}`;
  const values = valuesOf(field).replace(", or with a unit", ""); // the API takes numbers
  const choices = values.startsWith("`") && !values.includes(":") ? `one of ${values}` : values;
  const hasDefault = defaultOf(field, isRequired).startsWith("`");
  const range = [choices, hasDefault ? `${JSON.stringify(field.default)} if absent` : ""]
    .filter(Boolean)
    .join("; ");
  const capital = `${range.slice(0, 1).toUpperCase()}${range.slice(1)}`;
  return [field.description, capital && `${capital}.`].filter(Boolean).join(" ");
}

const camelCase = (name: string): string =>
  name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

function wrapped(text: string): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    if (line.length + word.length + 1 > WIDTH - "  // ".length) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.map((line) => `  // ${line}`);
}
