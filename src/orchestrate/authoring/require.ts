import { orchestrateErrors } from '../errors.js'

// Mistakes are thrown where they are made, so that their stack leads to the user's own line.

export function invalid(message: string, hint: string) {
  return orchestrateErrors.create('DEFINITIONS_INVALID', { message, hint })
}

export function requireName(what: string, name: unknown): void {
  if (typeof name === 'string' && /^[^\s,*+]+$/.test(name)) return
  throw invalid(
    `${JSON.stringify(name) ?? 'undefined'} cannot be the name of a${what.startsWith('a') ? 'n' : ''} ${what}.`,
    'A name is a text without blanks, commas, * and +, such as reports/weekly.',
  )
}

export function requireFunction(what: string, name: string, value: unknown): void {
  if (typeof value !== 'function') throw invalid(`${what} lacks \`${name}\`.`, 'Give it a function.')
}

export function requireCommand(command: unknown): void {
  const isCommand = Array.isArray(command) && command.length > 0 && command.every((part) => typeof part === 'string')
  if (!isCommand || command[0] === '')
    throw invalid('pipes(…) takes a program and its arguments.', "For example: pipes(['python', 'scripts/train.py']).")
}

export function requireExecutor(what: string, executor: unknown): void {
  if (executor === undefined || executor === 'thread' || executor === 'process') return
  throw invalid(
    `The executor of ${what} is ${JSON.stringify(executor)}; it may be 'thread' or 'process'.`,
    "Without one it is 'thread'.",
  )
}
