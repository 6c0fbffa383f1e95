/** Writes docs/cli.md anew: `node packages/cli/src/tandem/write-reference-page.ts`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { COMMANDS } from "./commands.ts";
import { referencePage } from "./reference-page.ts";

writeFileSync(join(import.meta.dirname, "../../../../docs/cli.md"), await referencePage(COMMANDS));
