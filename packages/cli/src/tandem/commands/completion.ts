/** `tandem completion`: a shell's completion. */
import type { Command } from "../command.ts";
import { SCRIPTS, SHELLS } from "../completion/scripts.ts";
import { oneOf } from "../read-option.ts";

export const completion: Command<object> = {
  operands: [{ name: "<shell>", help: "the shell", values: SHELLS }],
  options: [],
  examples: [
    ["completion bash >/etc/bash_completion.d/tandem", "for everybody"],
    ['completion bash >>"$HOME/.bash_completion"', "for yourself"],
    [
      "completion zsh >/usr/local/share/zsh/site-functions/_tandem",
      "zsh: any folder of $fpath; then start a new shell",
    ],
    ["completion fish >/etc/fish/completions/tandem.fish", "fish"],
  ],
  async run({ operands: [word = ""] }) {
    const shell = oneOf("shell", SHELLS)(word);
    const script = SCRIPTS[shell];
    return { json: { shell, script }, text: () => script };
  },
};
