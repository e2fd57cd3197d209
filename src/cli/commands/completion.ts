import type { Command } from 'commander'
import { cliErrors } from '../errors.js'

/** A script that completes the names of commands and options. */
export async function completion(shell: string, program: Command): Promise<number> {
  const commands = program.commands.map((command) => command.name())
  const options = (name: string) =>
    program.commands.find((command) => command.name() === name)?.options.map((option) => option.long ?? '') ?? []
  if (shell === 'bash')
    console.log(`_millrace() {
  local cur="\${COMP_WORDS[COMP_CWORD]}"
  if [ "$COMP_CWORD" = 1 ]; then COMPREPLY=($(compgen -W "${commands.join(' ')}" -- "$cur")); return; fi
  case "\${COMP_WORDS[1]}" in
${commands.map((name) => `    ${name}) COMPREPLY=($(compgen -W "${options(name).join(' ')}" -- "$cur"));;`).join('\n')}
  esac
}
complete -F _millrace millrace`)
  else if (shell === 'zsh')
    console.log(`#compdef millrace
_arguments '1:command:(${commands.join(' ')})' '*::options:->rest'
case $words[1] in
${commands.map((name) => `  ${name}) compadd -- ${options(name).join(' ')};;`).join('\n')}
esac`)
  else if (shell === 'fish')
    console.log(
      [
        `complete -c millrace -f -n __fish_use_subcommand -a "${commands.join(' ')}"`,
        ...commands.flatMap((name) =>
          options(name).map(
            (option) => `complete -c millrace -f -n "__fish_seen_subcommand_from ${name}" -l ${option.slice(2)}`,
          ),
        ),
      ].join('\n'),
    )
  else
    throw cliErrors.create('CLI_USAGE', {
      message: `There is no completion for \`${shell}\`.`,
      hint: 'Shells: bash, zsh, fish.',
    })
  return 0
}
