/** Writes what the API's proto says of the document's fields anew: `node packages/cli/src/document/write-proto-comments.ts`, and then `npm run proto`. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { documentJsonSchema } from "./load-document.ts";
import { withComments } from "./proto-comments.ts";

const PROTO = join(import.meta.dirname, "../../../engine/proto/tandem/v1/node.proto");

writeFileSync(PROTO, withComments(readFileSync(PROTO, "utf8"), documentJsonSchema()));
