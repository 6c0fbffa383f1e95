import { DocumentSpec } from "@tandem/model";
import { jsonSchemaOf } from "./known-fields.ts";
import { parseText } from "./parse-text.ts";
import { readText } from "./read-text.ts";

/** Read a configuration document from YAML or JSON. @throws LbError `invalid_document` with every mistake and its place in `source` */
export function loadDocument(text: string, source: string): DocumentSpec {
  return parseText(text, source, DocumentSpec);
}

/** Read a configuration document from a file. @throws LbError as `loadDocument` and `readText` */
export async function loadDocumentFile(path: string): Promise<DocumentSpec> {
  return loadDocument(await readText(path), path);
}

/** JSON Schema of the configuration document, for editors. */
export function documentJsonSchema(): object {
  return jsonSchemaOf(DocumentSpec);
}
