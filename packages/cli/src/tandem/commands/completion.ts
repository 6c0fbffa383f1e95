/** `tandem completion`: a shell's completion, made from the table of commands. */
import { LbError } from "@tandem/model";
import type { AnyCommand, Command } from "../command.ts";

/** The command, over the table that it is itself a row of. */
export function createCompletion(commands: () => readonly AnyCommand[]): Command<object> {
  return {
    name: "completion",
    summary: "Print a completion script for the shell",
    operands: [{ name: "<shell>", help: "bash" }],
    options: [],
    examples: [
      ["completion bash >/etc/bash_completion.d/tandem", "for everybody"],
      ['completion bash >>"$HOME/.bash_completion"', "for yourself"],
    ],
    async run({ operands: [shell = ""] }) {
      if (shell !== "bash") {
        const got = `"${shell}"`;
        throw new LbError({
          code: "invalid_argument",
          doing: "complete",
          field: "shell",
          got,
          want: '"bash"',
        });
      }
      const script = bashCompletion(commands());
      return { json: { shell, script }, text: () => script };
    },
  };
}

const GLOBAL = ["--socket", "--json", "--help"];
/** Options whose value is a file. */
const FILES = ["-f", "--file", "--config", "--document", "-s", "--socket"];

/** Commands after `tandem`, then that command's options; file names where an option wants one. */
export function bashCompletion(commands: readonly AnyCommand[]): string {
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

const longOf = ({ flags }: { flags: string }): string[] => /--[\w-]+/.exec(flags)?.slice(0, 1) ?? [];
