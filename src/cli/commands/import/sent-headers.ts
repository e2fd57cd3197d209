import { isSecretHeader, registerSecret } from '../../../base/index.js'
import { cliErrors } from '../../errors.js'

interface HeaderOptions {
  readonly tokenEnv?: string
  readonly header?: readonly string[]
}

type Env = Readonly<Record<string, string | undefined>>

const reference = /\$\{(\w+)\}/

/**
 * What is sent with each question. Values come from the environment, so that no secret stands on the command line.
 * @throws CLI_USAGE
 */
export function sentHeaders({ tokenEnv, header = [] }: HeaderOptions, env: Env): Readonly<Record<string, string>> {
  const token = tokenEnv === undefined ? undefined : env[tokenEnv]
  const headers: Record<string, string> = token ? { 'Dagster-Cloud-Api-Token': token } : {}
  for (const text of header) {
    const [, name, value] = /^([\w-]+):\s*(.+)$/.exec(text) ?? []
    if (name === undefined || value === undefined)
      throw cliErrors.create('CLI_USAGE', {
        message: '--header takes a name and a value with a colon between them.',
        hint: "For example: --header 'Authorization: Bearer ${TOKEN}', in single quotes, so that Millrace reads the variable.",
      })
    if (isSecretHeader(name) && !reference.test(value))
      throw cliErrors.create('CLI_USAGE', {
        message: `--header has the value of ${name} in clear: others on this machine see it, and the shell keeps it.`,
        hint: `Put it into a variable, and name that in single quotes: --header '${name}: \${TOKEN}'`,
      })
    headers[name] = value.replaceAll(new RegExp(reference, 'g'), (_, variable: string) => variableValue(variable, env))
  }
  for (const value of Object.values(headers)) registerSecret(value)
  return headers
}

function variableValue(variable: string, env: Env): string {
  const value = env[variable]
  if (value !== undefined) return value
  throw cliErrors.create('CLI_USAGE', {
    message: `--header names the variable ${variable}, which is not set.`,
    hint: `Set it: export ${variable}=…`,
  })
}
