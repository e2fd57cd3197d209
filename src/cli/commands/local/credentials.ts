import { Option } from 'commander'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { cliErrors } from '../../errors.js'
import { localOptions } from '../../local-options.js'
import { factLines } from '../../output/fact-lines.js'
import { type PasswordOptions, passwordOption, readPassword } from '../../read-password.js'

interface CredentialsOptions extends GlobalOptions, PasswordOptions {
  readonly email?: string
  readonly password?: string | boolean
}

export const credentials: CommandDefinition = {
  name: 'credentials',
  summary: 'With what people and clients of Airbyte log in, and other ones',
  details:
    'The password is shown as long as nobody else changed it. Client id and secret are a token of role admin; the secret is also the bearer token of both APIs.',
  options: [
    new Option('--email <name>', 'another name for the user: an e-mail address, or any other; ends their sessions'),
    new Option('--password [none]', 'another password: asked for, or read from standard input; ends their sessions'),
    passwordOption(),
  ],
  examples: [
    ['millrace local credentials', 'shows them'],
    ['millrace local credentials --password', 'asks for another password'],
    ['millrace local credentials --email ada@example.com --password-stdin < file', 'changes both'],
  ],
  json: '{url?, airbyteUrl?, user?, password?, passwordNote?, clientId?, clientSecret?}',
  async run(options: CredentialsOptions) {
    const password = await wantedPassword(options)
    const { openLocal } = await import('../../../platform/index.js')
    const local = await openLocal()
    const common = localOptions(options)
    const found = await local.findInstallation(common.projectDir, common.cwd, common.env)
    local.requireInstalled(found)
    const project = await found.readProject()
    const up = await local.runningUp(project)
    const known = await local.withLocalAccess(project, common.logger, async (access) => {
      if (options.email !== undefined) await local.renameUser(project, access, options.email)
      if (password !== undefined) await local.changePassword(project, access, password)
      return local.readCredentials(project, access)
    })
    if (options.json) console.log(JSON.stringify({ url: up?.url, airbyteUrl: up?.airbyteUrl, ...known }))
    else
      console.log(
        factLines([
          ['Page', up?.url ?? 'does not run: millrace local install'],
          ['User', known.user ?? 'none that was made here'],
          ['Password', known.password ?? `not known here: ${known.passwordNote}`],
          ["Airbyte's API", up?.airbyteUrl],
          ['Client id', known.clientId ?? 'none: `millrace local install` makes another one'],
          ['Client secret', known.clientSecret],
        ]),
      )
    return 0
  },
}

async function wantedPassword({ password, passwordStdin }: CredentialsOptions): Promise<string | undefined> {
  if (typeof password === 'string')
    throw cliErrors.create('CLI_USAGE', {
      message: '--password takes no value: it would stand in the list of processes and in the history of the shell.',
      hint: 'Write --password alone, and it is asked for; or send it with --password-stdin.',
    })
  if (password !== true && !passwordStdin) return undefined
  // Without a terminal and the variable there is only standard input to take it from.
  const isAskable = process.stdin.isTTY === true || process.env.MILLRACE_PASSWORD !== undefined
  return readPassword({ passwordStdin: passwordStdin === true || !isAskable })
}
