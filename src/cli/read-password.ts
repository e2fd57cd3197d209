import { Option } from 'commander'
import { readHidden } from './read-hidden.js'

export interface PasswordOptions {
  readonly passwordStdin?: boolean
}

const variable = 'MILLRACE_PASSWORD'
const flag = '--password-stdin'

export const passwordOption = () =>
  new Option(flag, `read the password from standard input (default: ${variable}, or it is asked for)`)

/** Never an argument. @throws CLI_USAGE */
export const readPassword = ({ passwordStdin = false }: PasswordOptions): Promise<string> =>
  readHidden({ what: 'password', label: 'Password', flag, variable, fromStdin: passwordStdin, isTypedTwice: true })
