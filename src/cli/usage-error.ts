import type { Command, CommanderError } from 'commander'
import { didYouMean, type MillraceError } from '../base/index.js'
import { cliErrors } from './errors.js'

/** What commander says, in the words of the house, with the name that was probably meant. */
export function usageError(thrown: CommanderError, program: Command, args: readonly string[]): MillraceError {
  const family = thrown.code === 'commander.excessArguments' ? unknownInFamily(program, args) : undefined
  if (family) return family
  const text = thrown.message.split('\n')[0]?.replace(/^error: /, '') ?? ''
  const path = commandPath(program, args)
  const meant = meantName(thrown.code, /'([^\s']+)/.exec(text)?.[1] ?? '', path)
  const more = `\`${path.map((command) => command.name()).join(' ')} --help\` tells what there is.`
  return cliErrors.create('CLI_USAGE', {
    message: `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`,
    hint: meant === undefined ? more : `${meant} ${more}`,
  })
}

/** A family runs a command of its own where none is named: what it takes for an argument was meant as a command. */
function unknownInFamily(program: Command, args: readonly string[]): MillraceError | undefined {
  const path = commandPath(program, args)
  const family = path.at(-1)
  const name = args[args.indexOf(family?.name() ?? '') + 1]
  if (!family || path.length < 2 || family.commands.length === 0 || name === undefined || name.startsWith('-'))
    return undefined
  const known = family.commands.map((command) => command.name())
  const words = path.map((command) => command.name()).join(' ')
  return cliErrors.create('CLI_USAGE', {
    message: `\`${words}\` has no command \`${name}\`.`,
    hint: [didYouMean(name, known), `Its commands: ${known.join(', ')}.`].filter(Boolean).join(' '),
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
