/** `tandem __complete -- …`: what shells ask while a command line is typed. */
import { type Command, EXIT } from "../command.ts";
import { COMMANDS } from "../commands.ts";
import { complete } from "../completion/complete.ts";
import { askDaemon } from "../completion/live-values.ts";

export const completeWords: Command<object> = {
  operands: [{ name: "[words...]", help: "what is typed behind `tandem`; the last word is being typed" }],
  options: [],
  examples: [["__complete -- status --", "what shells ask"]],
  async run({ operands }, world) {
    const words = operands.slice(operands[0] === "--" ? 1 : 0);
    const known = COMMANDS.filter((row) => !row.isHidden);
    const found = await complete(words, known, askDaemon(world));
    const lines =
      typeof found === "string"
        ? [`:${found}`]
        : found.map(([word, help]) => (help ? `${word}\t${help}` : word));
    world.out.write(lines.map((line) => `${line}\n`).join(""));
    return EXIT.ok;
  },
};
