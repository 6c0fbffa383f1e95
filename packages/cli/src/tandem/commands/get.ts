/** `tandem get`: single fields of the document, defaults included. */
import { LbError, specOf } from "@tandem/model";
import { stringify } from "yaml";
import { readField } from "../../document/document-field.ts";
import { findParts, PART_NAMES } from "../../document/document-part.ts";
import { type Command, withDaemon } from "../command.ts";

export const get: Command<object> = {
  operands: [
    {
      name: "[what...]",
      help: `${PART_NAMES}; then a field, if not all are wanted. Nothing: the document`,
      values: "part",
    },
  ],
  options: [],
  examples: [
    ["get tcp 192.0.2.1:80", "a service with all that it says"],
    ["get tcp 192.0.2.1:80 10.0.0.1:8080 weight", "one field: its value alone"],
    ["get 10.0.0.1 weight", "of a destination in every service that has it"],
    ["get settings timeouts.tcp.established", "a field within a field"],
  ],
  async run({ operands }, world) {
    const spec = specOf(await withDaemon(world, (node) => node.document()));
    const { parts, rest } = findParts(spec, operands);
    const [field, more] = rest;
    if (more !== undefined) throw oneField(more);
    const values = parts.map((part) => [part.name, readField(spec, part, field) ?? null] as const);
    const json = values.length === 1 ? values[0]![1] : Object.fromEntries(values);
    return { json, text: () => formatValue(json) };
  },
};

/** A single value stands alone on its line, for scripts; `none` is none. */
function formatValue(value: unknown): string {
  if (value === null) return "none\n";
  return typeof value === "object" ? stringify(value) : `${value}\n`;
}

const oneField = (more: string): LbError =>
  new LbError({
    code: "invalid_argument",
    doing: "get this",
    field: "the field",
    got: `followed by "${more}"`,
    want: 'one field, such as "weight" or "check.interval"',
  });
