/** `tandem completion`: a shell's completion, made from the table of commands. */
import type { Command, OptionSpec } from "../command.ts";
import { COMMANDS } from "../commands.ts";
import { GLOBAL_OPTIONS } from "../global-options.ts";
import { oneOf } from "../read-option.ts";

const SHELLS = ["bash"] as const;

export const completion: Command<object> = {
  operands: [{ name: "<shell>", help: "the shell", values: SHELLS }],
  options: [],
  examples: [
    ["completion bash >/etc/bash_completion.d/tandem", "for everybody"],
    ['completion bash >>"$HOME/.bash_completion"', "for yourself"],
  ],
  async run({ operands: [word = ""] }) {
    const shell = oneOf("shell", SHELLS)(word);
    const loaded = COMMANDS.map(async ({ name, load }) => ({ name, options: (await load()).options }));
    const script = bashCompletion(await Promise.all(loaded));
    return { json: { shell, script }, text: () => script };
  },
};

const GLOBAL = [...GLOBAL_OPTIONS.flatMap(longOf), "--help"];
/** Options whose value is a file. */
const FILES = ["-f", "--file", "--config", "--document", "-s", "--socket"];

interface Completed {
  readonly name: string;
  readonly options: readonly OptionSpec[];
}

/** Commands after `tandem`, then that command's options; file names where an option wants one. */
export function bashCompletion(commands: readonly Completed[]): string {
  const cases = commands.map(
    (c) => `    ${c.name}) words="${[...c.options.flatMap(longOf), ...GLOBAL].join(" ")}" ;;`,
  );
  return `# bash completion for tandem
_tandem() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command= words= word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in ${commands.map((c) => c.name).join("|")}) command=$word; break ;; esac
  done
  case $previous in ${FILES.join("|")}) compopt -o default; return ;; esac
  case $command in
    "") words="${commands.map((c) => c.name).join(" ")} ${GLOBAL.join(" ")} --version" ;;
${cases.join("\n")}
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _tandem tandem
`;
}

function longOf({ flags }: OptionSpec): string[] {
  return /--[\w-]+/.exec(flags)?.slice(0, 1) ?? [];
}
