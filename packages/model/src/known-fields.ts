import { z } from "zod";
import type { Path } from "./document-path.ts";

/** The part of JSON Schema that we write. */
interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly const?: unknown;
}

/** A JSON Schema, draft 2020-12. */
export interface EditorSchema {
  readonly $schema?: string | undefined;
}

/** JSON Schema of what operators write, for editors: fields with defaults may be absent. */
export function jsonSchemaOf(schema: z.ZodType): EditorSchema {
  return z.toJSONSchema(schema, { io: "input", override: keepDefault });
}

/** Schemas that were written before: each takes milliseconds, and a document with mistakes asks for many. */
const written = new WeakMap<z.ZodType, JsonSchema>();

function writtenSchemaOf(schema: z.ZodType): JsonSchema {
  const known = written.get(schema) ?? (jsonSchemaOf(schema) as JsonSchema);
  written.set(schema, known);
  return known;
}

/** zod leaves out the defaults of fields that it transforms; ours read the same before and after. */
function keepDefault({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: object }): void {
  const { def } = zodSchema._zod;
  if (def.type === "default") Object.assign(jsonSchema, { default: def.defaultValue });
}

/**
 * Names of the fields that may stand at `path`.
 *
 * @param value what stands there now: where a field such as `type` tells variants apart, only the matching one counts
 */
export function knownFields(schema: z.ZodType, path: Path, value: unknown): readonly string[] {
  let level = variantsOf(writtenSchemaOf(schema));
  for (const step of path) {
    level = level
      .map((s) => (typeof step === "number" ? s.items : s.properties?.[step]))
      .filter((s) => s !== undefined)
      .flatMap(variantsOf);
  }
  const fitting = level.filter((s) => fits(s, value));
  return [...new Set((fitting.length > 0 ? fitting : level).flatMap((s) => Object.keys(s.properties ?? {})))];
}

function variantsOf(schema: JsonSchema): readonly JsonSchema[] {
  return schema.oneOf ?? schema.anyOf ?? [schema];
}

function fits(schema: JsonSchema, value: unknown): boolean {
  return Object.entries(schema.properties ?? {}).every(
    ([name, field]) => field.const === undefined || Object(value)[name] === field.const,
  );
}
