import { DocumentSpec, type EditorSchema, jsonSchemaOf, LbError } from "@tandem/model";
import { locateProblems, parseText } from "./parse-text.ts";

/** Read a configuration document from YAML or JSON. @throws LbError `invalid_document` with every mistake and its place in `source` */
export function loadDocument(text: string, source: string): DocumentSpec {
  return parseText(text, source, DocumentSpec);
}

/** A document as somebody wrote it. */
export interface WrittenDocument {
  readonly spec: DocumentSpec;
  readonly text: string;
  /** What was refused of it elsewhere, told at its places in the text; any other error as it is. */
  locate(error: unknown): unknown;
}

/** Read a document that is to be sent to a daemon, which may know more against it. @throws LbError as `loadDocument` */
export function loadWritten(text: string, source: string): WrittenDocument {
  return {
    spec: loadDocument(text, source),
    text,
    locate(error) {
      if (!(error instanceof LbError) || error.failure.code !== "invalid_document") return error;
      const problems = locateProblems(text, error.failure.problems);
      return new LbError({ code: "invalid_document", source, problems }, { cause: error });
    },
  };
}

/** JSON Schema of the configuration document, for editors. */
export function documentJsonSchema(): EditorSchema {
  return jsonSchemaOf(DocumentSpec);
}
