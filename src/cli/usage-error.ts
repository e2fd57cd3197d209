import type { Command, CommanderError } from 'commander'
import { didYouMean, type MillraceError } from '../base/index.js'
import { cliErrors } from './errors.js'

/** What commander says, in the words of the house, with the name that was probably meant. */
export function usageError(thrown: CommanderError, program: Command, args: readonly string[]): MillraceError {
  const text = thrown.message.split('\n')[0]?.replace(/^error: /, '') ?? ''
  const path = commandPath(program, args)
  const meant = meantName(thrown.code, /'([^\s']+)/.exec(text)?.[1] ?? '', path)
  const more = `\`${path.map((command) => command.name()).join(' ')} --help\` tells what there is.`
  return cliErrors.create('CLI_USAGE', {
    message: `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`,
    hint: meant === undefined ? more : `${meant} ${more}`,
  })
}

/** The program and the commands that the arguments name, as deep as they go. */
function commandPath(program: Command, args: readonly string[]): [Command, ...Command[]] {
  const path: [Command, ...Command[]] = [program]
  for (const arg of args) {
    const child = path.at(-1)?.commands.find((command) => command.name() === arg)
    if (child) path.push(child)
  }
  return path
}

function meantName(code: string, name: string, path: readonly Command[]): string | undefined {
  if (code === 'commander.unknownCommand')
    return didYouMean(name, path.at(-1)?.commands.map((command) => command.name()) ?? [])
  if (code === 'commander.unknownOption')
    return didYouMean(
      name,
      path.flatMap((command) => command.options.flatMap((option) => option.long ?? [])),
    )
  return undefined
}
