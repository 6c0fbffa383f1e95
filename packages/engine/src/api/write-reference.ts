/** Writes the reference in docs/api.md anew: `node packages/engine/src/api/write-reference.ts`. What stands above it is written by hand. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROTO_DIR } from "./definition.ts";
import { referenceLines } from "./reference.ts";

const PAGE = join(import.meta.dirname, "../../../../docs/api.md");

const reference = referenceLines(readFileSync(join(PROTO_DIR, "tandem/v1/node.proto"), "utf8"));
const page = readFileSync(PAGE, "utf8");
writeFileSync(PAGE, `${page.slice(0, page.indexOf("\n## Methods\n") + 1)}${reference.join("\n")}\n`);
