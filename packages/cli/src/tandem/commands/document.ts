/** `tandem document`: what `tandem apply` would have to read to get what runs now. */
import { specOf } from "@tandem/model";
import { stringify } from "yaml";
import { withoutDefaults } from "../../document/without-defaults.ts";
import { type Command, withDaemon } from "../command.ts";

interface Options {
  readonly defaults?: boolean;
}

export const document: Command<Options> = {
  options: [{ flags: "--defaults", help: "print fields that have their default, too; --json always does" }],
  examples: [
    ["document >services.yaml", "to edit and apply again"],
    ["document --json | jq '.services[].address'", "for scripts"],
  ],
  async run({ options: { defaults = false } }, world) {
    const current = await withDaemon(world, (node) => node.document());
    const spec = specOf(current);
    const printed = defaults ? spec : withoutDefaults(spec);
    return { json: spec, text: () => `# revision ${current.revision}\n${stringify(printed)}` };
  },
};
