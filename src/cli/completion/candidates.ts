import type { Command, Option } from 'commander'
import { type ProjectNames, projectNames } from './project-names.js'

const dbtCommands =
  'build clean compile debug deps docs list ls parse retry run run-operation seed show snapshot source test'.split(' ')
const dbtSelectors = new Set(['--select', '-s', '--models', '-m', '--exclude'])

/**
 * What may stand where the cursor is: `words` are those behind `millrace`, the last one is being written. None means
 * that the shell should offer files.
 */
export function candidates(program: Command, words: readonly string[], cwd: string): string[] {
  const before = words.slice(0, -1)
  const current = words.at(-1) ?? ''
  const at = before.indexOf('--project-dir')
  const names = () => projectNames(at >= 0 && before[at + 1] !== undefined ? (before[at + 1] as string) : cwd)
  return allowed(program, before, current, names).filter((name) => name.startsWith(current) && isPlain(name))
}

function allowed(program: Command, before: readonly string[], current: string, names: () => ProjectNames): string[] {
  const { command, operands, pending } = readWords(program, before)
  if (command.name() === 'dbt') return dbtWords(before, operands, names)
  if (pending) return valuesOf(pending, names)
  if (current.startsWith('-'))
    return [...command.options, ...program.options].flatMap((option) => option.long ?? []).concat('--help')
  if (command.commands.length > 0 && operands.length === 0) return command.commands.map((child) => child.name())
  return argumentsOf(command, operands.length, names)
}

/** The command that the words reach, what stands behind it, and an option that still waits for its value. */
function readWords(program: Command, words: readonly string[]) {
  let command = program
  let pending: Option | undefined
  let operands: string[] = []
  for (const word of words) {
    if (pending) {
      if (!pending.variadic || word.startsWith('-')) pending = undefined
      if (!word.startsWith('-')) continue
    }
    const child = operands.length === 0 ? command.commands.find((one) => one.name() === word) : undefined
    if (child) [command, operands] = [child, []]
    else if (word.startsWith('-')) {
      const option = [...command.options, ...program.options].find((one) => one.long === word || one.short === word)
      if (option?.required) pending = option
    } else operands.push(word)
  }
  return { command, operands, pending }
}

function valuesOf(option: Option, names: () => ProjectNames): string[] {
  if (option.argChoices) return [...option.argChoices]
  return option.long === '--stream' ? [...names().streams] : []
}

function argumentsOf(command: Command, position: number, names: () => ProjectNames): string[] {
  const argument = command.registeredArguments.at(position) ?? command.registeredArguments.find((one) => one.variadic)
  if (!argument) return []
  if (argument.argChoices) return [...argument.argChoices]
  if (argument.name() === 'connection') return [...names().connections]
  if (argument.name() === 'connector') return [...names().connectors]
  if (argument.name() === 'automation') return [...names().automations]
  if (argument.name() === 'selection') return [...names().assets]
  return []
}

function dbtWords(before: readonly string[], operands: readonly string[], names: () => ProjectNames): string[] {
  if (operands.length === 0) return dbtCommands
  const lastOption = before.findLast((word) => word.startsWith('-')) ?? ''
  return dbtSelectors.has(lastOption) ? [...names().nodes] : []
}

/** bash expands what it is offered: a file name must not become a command. */
const isPlain = (name: string) => /^[\w./@+-]+$/.test(name)
