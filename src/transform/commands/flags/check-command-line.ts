import { didYouMean, type MillraceError } from '../../../base/index.js'
import { transformErrors } from '../../errors.js'
import { commandNamed, commandsWith, takesFlag } from './command-table.js'
import type { DbtFlags, Flag } from './dbt-flags.js'
import { flags } from './flag-table.js'

export interface GivenFlag {
  readonly flag: Flag
  /** As it was spelled. */
  readonly name: string
}

export const usage = (message: string, hint?: string): MillraceError =>
  transformErrors.create('TRANSFORM_USAGE', { message, hint })

/** A flag that the command does not have; another command may. */
export function noSuchFlag(name: string, command: string, key?: keyof DbtFlags): MillraceError {
  const own = flags.filter((flag) => takesFlag(command, flag.key)).flatMap(({ names, off = [] }) => [...names, ...off])
  const others = key === undefined ? [] : commandsWith(key)
  const elsewhere =
    others.length > 0 ? `\`${command}\` has no ${name}. It is a flag of ${others.join(', ')}.` : undefined
  return usage(`No such option '${name}'.`, elsewhere ?? didYouMean(name, own))
}

/** Whether a command takes what was given to it. @throws TRANSFORM_USAGE */
export function checkCommandLine([command = '', ...rest]: readonly string[], given: readonly GivenFlag[]): void {
  const line = commandNamed(command)
  if (!line) return
  for (const { flag, name } of given) if (!takesFlag(command, flag.key)) throw noSuchFlag(name, command, flag.key)
  const [inline, selecting] = [['inline'], ['select', 'selector']].map((keys) =>
    given.find(({ flag }) => keys.includes(flag.key)),
  )
  if (inline && selecting)
    throw usage(
      `${inline.name} is not allowed with ${selecting.name}.`,
      'Leave one of them out: what is shown is either SQL or nodes.',
    )
  const [subcommand] = rest
  if (line.subcommands && !line.subcommands.includes(subcommand ?? '')) {
    // Names of long ago are taken, and not told.
    const [, told = ''] = line.usage?.split(' ') ?? []
    const all = told
      .split('|')
      .map((one) => `\`dbt ${command} ${one}\``)
      .join(' or ')
    throw usage(subcommand === undefined ? 'Missing command.' : `No such command '${subcommand}'.`, `It is ${all}.`)
  }
  // `docs generate` has one word behind the command.
  const extra = rest.slice((line.usage ?? command).split(' ').length - 1)
  if (extra.length === 0) return
  const message = `Got unexpected extra argument${extra.length === 1 ? '' : 's'} (${extra.join(' ')})`
  throw usage(
    message,
    line.flags.includes('select') ? `To name models and the like: --select ${extra.join(' ')}` : undefined,
  )
}
