/** `tandem document`: what `tandem apply` would have to read to get what runs now. */
import { specOf } from "@tandem/model";
import { stringify } from "yaml";
import { type Command, withDaemon } from "../command.ts";

export const document: Command<object> = {
  name: "document",
  summary: "Print the configuration document as it stands, drained destinations and defaults included",
  options: [],
  examples: [
    ["document >services.yaml", "to edit and apply again"],
    ["document --json | jq '.services[].address'", "for scripts"],
  ],
  async run(_, world) {
    const current = await withDaemon(world, (node) => node.document());
    const spec = specOf(current);
    return { json: spec, text: () => `# revision ${current.revision}\n${stringify(spec)}` };
  },
};
