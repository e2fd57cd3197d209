import { terminalQuestions } from './ask.js'
import { cliErrors } from './errors.js'

/** Whatever sends more is neither a password nor a key. */
const mostBytes = 110_000

interface Hidden {
  /** What it is, in errors: `password`. */
  readonly what: string
  /** What it is asked for by. */
  readonly label: string
  /** By which it is read from standard input, as one types it. */
  readonly flag: string
  readonly fromStdin: boolean
  /** The environment may have it. */
  readonly variable?: string | undefined
  /** It is asked for once more: nobody sees what was typed, and nobody can tell what it was. */
  readonly isTypedTwice?: boolean
}

/** Never an argument: those stand in the list of processes and in the history of the shell. @throws CLI_USAGE */
export async function readHidden(wanted: Hidden): Promise<string> {
  const { what, flag, fromStdin, variable } = wanted
  const { registerSecret } = await import('../base/index.js')
  const given = variable === undefined ? undefined : process.env[variable]
  const value = fromStdin ? await readStdin() : (given ?? (await asked(wanted)))
  if (value === '')
    throw cliErrors.create('CLI_USAGE', {
      message: `The ${what} is empty.`,
      hint: `Send it with ${flag}, ${variable === undefined ? '' : `set ${variable}, `}or type it when asked.`,
    })
  registerSecret(value)
  return value
}

async function readStdin(): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of process.stdin as AsyncIterable<Buffer>) {
    parts.push(part)
    bytes += part.length
    if (bytes > mostBytes) break
  }
  // What ends the line belongs to `echo`, not to the password.
  return Buffer.concat(parts)
    .toString('utf8')
    .replace(/\r?\n$/, '')
}

async function asked({ what, label, flag, variable, isTypedTwice = false }: Hidden): Promise<string> {
  if (!process.stdin.isTTY)
    throw cliErrors.create('CLI_USAGE', {
      message: `There is no terminal to ask for the ${what}.`,
      hint: `Send it through a pipe or from a file with ${flag}${variable === undefined ? '' : `, or set ${variable}`}.`,
    })
  const terminal = terminalQuestions()
  try {
    const first = (await terminal.ask(`${label}: `, { isHidden: true })) ?? ''
    const second = isTypedTwice && first !== '' ? await terminal.ask('Again: ', { isHidden: true }) : first
    if (first === second) return first
    throw cliErrors.create('CLI_USAGE', {
      message: `The two ${what}s differ; nothing was changed.`,
      hint: 'Run the command again.',
    })
  } finally {
    terminal.close()
  }
}
