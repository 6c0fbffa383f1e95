/** Messages that mean something, made from what reflection says of their type. */
import type protobuf from "protobufjs";

/** What stands in fields where any value would not do. */
const TEXTS: Record<string, string> = {
  service: "tcp 192.0.2.10:80",
  client: "198.51.100.7",
  destination: "10.0.0.1:80",
  virtual: "192.0.2.10:80",
  protocol: "tcp",
  kinds: "health",
  states: "ESTABLISHED",
  reasons: "scheduled",
  scheduler: "wlc",
};
/** Messages that hang together in themselves are left out where they may be. */
const LEFT_OUT = new Set(["services", "settings", "marks", "resume_token"]);

/** A message of a type with something in every field, made from its description alone: a request that a node takes. */
export function filled(type: protobuf.Type): Record<string, unknown> {
  const fields = type.fieldsArray.filter((field) => !LEFT_OUT.has(field.name));
  return Object.fromEntries(
    fields.map((field) => [field.name, field.repeated ? [value(field)] : value(field)]),
  );
}

function value(field: protobuf.Field): unknown {
  const { resolvedType } = field.resolve();
  if (resolvedType && "fieldsArray" in resolvedType) return filled(resolvedType);
  if (field.type === "string") return TEXTS[field.name] ?? "x";
  return field.type === "bool" ? true : 1;
}
