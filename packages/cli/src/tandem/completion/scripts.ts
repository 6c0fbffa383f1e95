/**
 * What shells are told: to ask `tandem __complete` for every word, so that they know what the installed version knows. It answers with lines of a
 * word and its help, a tab between them, or with `:file` or `:folder` where the shell knows better.
 */

/** The shells that have one. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** By shell: the script, to be read by it at its start. */
export const SCRIPTS: Record<Shell, string> = {
  // bash parts words at the colons of addresses: they are parted at spaces here, and what stands before the last colon is left out of the answers
  bash: `# bash completion for tandem
_tandem() {
  local line=\${COMP_LINE:0:COMP_POINT} words current reply
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  current=\${words[-1]}
  mapfile -t reply < <("$1" __complete -- "\${words[@]:1}" 2>/dev/null)
  COMPREPLY=()
  case \${reply[0]-} in
    :file) compopt -o default; return ;;
    :folder) compopt -o dirnames; return ;;
  esac
  COMPREPLY=("\${reply[@]%%$'\\t'*}")
  local head=\${current%"\${current##*[:=]}"}
  COMPREPLY=("\${COMPREPLY[@]#"$head"}")
}
complete -F _tandem tandem
`,
  zsh: `#compdef tandem
_tandem() {
  local line
  local -a reply described
  reply=("\${(@f)$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  case $reply[1] in
    :file) _files; return ;;
    :folder) _files -/; return ;;
  esac
  for line in $reply; do
    described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe -t words tandem described
}
# found by its name in fpath, this file is the function's first call; read otherwise, it is none
if [[ $funcstack[1] == _tandem ]]; then _tandem "$@"; else compdef _tandem tandem; fi
`,
  fish: `# fish completion for tandem
function __tandem_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l reply ($words[1] __complete -- $words[2..-1] "$current" 2>/dev/null)
  switch "$reply[1]"
    case :file
      __fish_complete_path "$current"
    case :folder
      __fish_complete_directories "$current"
    case '*'
      printf '%s\\n' $reply
  end
end
complete -c tandem -f -k -a '(__tandem_complete)'
`,
};
