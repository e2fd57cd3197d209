export type Shell = 'bash' | 'zsh' | 'fish'

/** Each shell asks the program itself, so that commands, options and the project's names are never out of date. */
export const completionScripts: Readonly<Record<Shell, string>> = {
  bash: `_millrace() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$(millrace __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _millrace millrace
`,
  zsh: `#compdef millrace
_millrace() {
  local -a found
  found=(\${(f)"$(millrace __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( \${#found} )); then compadd -a found; else _files; fi
}
if [ "$funcstack[1]" = "_millrace" ]; then _millrace "$@"; else compdef _millrace millrace; fi
`,
  fish: `function __millrace_candidates
  set -l found (millrace __complete (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)
  if test (count $found) -gt 0
    printf '%s\\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c millrace -f -a '(__millrace_candidates)'
`,
}
