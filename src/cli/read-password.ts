import { Option } from 'commander'
import { terminalQuestions } from './ask.js'
import { cliErrors } from './errors.js'

export interface PasswordOptions {
  readonly passwordStdin?: boolean
}

const variable = 'MILLRACE_PASSWORD'
/** Nobody's password: whatever sends more is no password. */
const mostBytes = 10_000

export const passwordOption = () =>
  new Option('--password-stdin', `read the password from standard input (default: ${variable}, or it is asked for)`)

/** Never an argument: those stand in the list of processes and in the history of the shell. @throws CLI_USAGE */
export async function readPassword({ passwordStdin }: PasswordOptions): Promise<string> {
  const { registerSecret } = await import('../base/index.js')
  const password = passwordStdin ? await fromStdin() : (process.env[variable] ?? (await asked()))
  if (password === '')
    throw cliErrors.create('CLI_USAGE', {
      message: 'The password is empty.',
      hint: `Send it with --password-stdin, set ${variable}, or type it when asked.`,
    })
  registerSecret(password)
  return password
}

async function fromStdin(): Promise<string> {
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

async function asked(): Promise<string> {
  if (!process.stdin.isTTY)
    throw cliErrors.create('CLI_USAGE', {
      message: 'There is no terminal to ask for the password.',
      hint: `Send it with --password-stdin, or set ${variable}.`,
    })
  const terminal = terminalQuestions()
  try {
    const first = await terminal.ask('Password: ', { isHidden: true })
    const second = first === undefined ? undefined : await terminal.ask('Again: ', { isHidden: true })
    if (first !== undefined && first === second) return first
    throw cliErrors.create('CLI_USAGE', {
      message: 'The two passwords differ; nothing was changed.',
      hint: 'Run the command again.',
    })
  } finally {
    terminal.close()
  }
}
