/** The reference of the API in docs/api.md, made from the proto and its comments. */
import protobuf from "protobufjs";

/** Lines of Markdown that describe every method, message and enumeration, in the proto's order. */
export function referenceLines(proto: string): string[] {
  const { root } = protobuf.parse(proto, { keepCase: true, alternateCommentMode: true });
  root.resolveAll();
  const types = (root.lookup("tandem.v1") as protobuf.Namespace).nestedArray;
  return [
    "## Methods",
    ...types.filter((type) => type instanceof protobuf.Service).flatMap(methodLines),
    "",
    "## Messages",
    ...types.filter((type) => type instanceof protobuf.Type).flatMap(messageLines),
    "",
    "## Enumerations",
    ...types.filter((type) => type instanceof protobuf.Enum).flatMap(enumLines),
  ];
}

function methodLines(service: protobuf.Service): string[] {
  const rows = service.methodsArray.map((method) => {
    const answer = `${method.responseStream ? "stream of " : ""}${link(method.responseType)}`;
    return `| \`${method.name}\` | ${link(method.requestType)} | ${answer} | ${cell(method.comment)} |`;
  });
  return ["", "| method | request | answer | what it does |", "|---|---|---|---|", ...rows];
}

function messageLines(message: protobuf.Type): string[] {
  const head = ["", `### ${message.name}`, ...(message.comment ? ["", cell(message.comment)] : [])];
  if (message.fieldsArray.length === 0) return [...head, "", "Empty."];
  const rows = message.fieldsArray.map(
    (field) => `| \`${field.name}\` | ${field.id} | ${typeOf(field)} | ${cell(field.comment)} |`,
  );
  return [...head, "", "| field | number | type | meaning |", "|---|---|---|---|", ...rows];
}

function enumLines({ name, comment, values, comments }: protobuf.Enum): string[] {
  const rows = Object.entries(values).map(
    ([value, n]) => `| \`${value}\` | ${n} | ${cell(comments[value] ?? null)} |`,
  );
  const head = ["", `### ${name}`, ...(comment ? ["", cell(comment)] : [])];
  return [...head, "", "| value | number | meaning |", "|---|---|---|", ...rows];
}

function typeOf(field: protobuf.Field): string {
  const type = field.resolvedType ? link(field.type) : field.type;
  if (field instanceof protobuf.MapField) return `map of ${field.keyType} to ${type}`;
  if (field.repeated) return `list of ${type}`;
  return field.options?.proto3_optional ? `${type}, optional` : type;
}

const link = (name: string): string => `[${name}](#${name.toLowerCase()})`;

/** Text of a table's cell: one line, without what Markdown would read as more than text. */
const cell = (text: string | null): string =>
  (text ?? "").replaceAll(/\s+/g, " ").replaceAll("|", "\\|").replaceAll("<", "&lt;");
