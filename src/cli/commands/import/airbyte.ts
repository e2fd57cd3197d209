import { Option } from 'commander'
import { plural, systemClock } from '../../../base/index.js'
import type { AirbyteCredentials } from '../../../extract-load/index.js'
import type { AirbyteImport, ImportedConnection } from '../../../platform/index.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { cliErrors } from '../../errors.js'
import { interruptSignal } from '../../interrupt.js'
import { openProject, stackOptions, withEngine } from '../../open-project.js'
import { tellWritten } from './tell-written.js'

interface AirbyteOptions extends GlobalOptions {
  readonly url?: string
  readonly from?: string
  readonly clientId?: string
  readonly clientSecretEnv: string
  readonly username?: string
  readonly passwordEnv: string
  readonly tokenEnv: string
  readonly workspace?: string
  readonly connection?: readonly string[]
  readonly prefer: 'native' | 'image'
  readonly destination?: 'warehouse' | 'image'
  /** commander's word for `--without-state`. */
  readonly withoutState?: boolean
  readonly statesOnly?: boolean
  readonly force?: boolean
  readonly dryRun?: boolean
}

export const airbyte: CommandDefinition = {
  name: 'airbyte',
  summary: 'Write the connections of an Airbyte, and go on from where it has read',
  details:
    'Asks a running server, or reads an export: answers of its API as JSON (a file or a folder), a folder of octavia-cli, Terraform files or their state. Nothing is changed there. The states of a server are put into the warehouse, so that no stream is read again from the beginning.',
  options: [
    new Option('--url <url>', 'of a running server: http://localhost:8000, https://cloud.airbyte.com').conflicts(
      'from',
    ),
    new Option('--from <path>', 'an export: a JSON file, a folder, .tf files, terraform.tfstate'),
    new Option('--client-id <id>', 'an application of the server'),
    new Option('--client-secret-env <name>', 'the variable that holds its secret').default('AIRBYTE_CLIENT_SECRET'),
    new Option('--username <name>', 'who asks, where the server knows users by a password').conflicts('clientId'),
    new Option('--password-env <name>', 'the variable that holds the password').default('AIRBYTE_PASSWORD'),
    new Option('--token-env <name>', 'the variable that holds a token, where there is one').default('AIRBYTE_TOKEN'),
    new Option('--workspace <name>', 'only this workspace, by name or id'),
    new Option('--connection <name>', 'only this connection, by name or id; as often as needed').argParser(
      (value: string, all: readonly string[] = []) => [...all, value],
    ),
    new Option('--prefer <which>', "who reads where both can: our connectors, or Airbyte's own images")
      .choices(['native', 'image'])
      .default('native'),
    new Option(
      '--destination <which>',
      'where rows go: the warehouse of the project, or the destination of Airbyte; by what Airbyte loads into when left out',
    ).choices(['warehouse', 'image']),
    new Option('--without-state', 'leave its states behind: the first sync reads from the beginning'),
    new Option(
      '--states-only',
      'write no file, and bring the states up to date of connections that were imported before',
    ).conflicts(['withoutState', 'force', 'prefer', 'destination']),
    new Option('--force', 'overwrite files that say something else'),
    new Option('--dry-run', 'write nothing, and show the files'),
  ],
  examples: [
    [
      'millrace import airbyte --url http://localhost:8000 --client-id 1f0c… --dry-run',
      'what would become of a server',
    ],
    ['millrace import airbyte --from terraform/ --prefer image', "from Terraform, with Airbyte's own connectors"],
  ],
  json: '{connections: [{name, airbyteName, source, destination, streams, states}], files, variables, tasks}; with --dry-run also the texts of the files',
  async run(options: AirbyteOptions) {
    const { url, from, connection, workspace, prefer, destination, withoutState, force, dryRun } = options
    if (url === undefined && from === undefined)
      throw cliErrors.create('CLI_USAGE', {
        message: '`millrace import airbyte` needs a server or an export.',
        hint: 'Name one: --url http://localhost:8000, or --from export.json.',
      })
    const { importAirbyte } = await import('../../../platform/index.js')
    const server =
      url === undefined
        ? undefined
        : { name: 'airbyte', url, credentials: credentialsOf(options, process.env), clock: systemClock }
    if (options.statesOnly) {
      const { importStates, withVariablesOfFiles } = await import('../../../platform/index.js')
      const project = await openProject(options)
      const brought = await withVariablesOfFiles(project, stackOptions(), (variables) =>
        withEngine(options, async (engine) =>
          importStates(project, engine, {
            variables,
            server,
            from,
            connections: connection,
            workspace,
            withStates: true,
            isDryRun: dryRun,
            signal: interruptSignal(),
          }),
        ),
      )
      if (options.json) console.log(JSON.stringify({ connections: brought }))
      else tellConnections(brought, options)
      return 0
    }
    const found = await withEngine(options, async (engine) =>
      importAirbyte(await openProject(options), engine, {
        server,
        from,
        connections: connection,
        workspace,
        prefer,
        destination,
        withStates: !withoutState,
        force,
        isDryRun: dryRun,
        signal: interruptSignal(),
      }),
    )
    const { texts: _, ...told } = found
    if (options.json) console.log(JSON.stringify(dryRun ? found : told))
    else tell(found, options)
    return 0
  },
}

/** Secrets come from the environment: a command line is seen by others. @throws CLI_USAGE */
function credentialsOf(
  { clientId, clientSecretEnv, username, passwordEnv, tokenEnv }: AirbyteOptions,
  env: Readonly<Record<string, string | undefined>>,
): AirbyteCredentials {
  if (clientId !== undefined)
    return { type: 'application', clientId, clientSecret: required(clientSecretEnv, '--client-secret-env', env) }
  if (username !== undefined) return { type: 'basic', username, password: required(passwordEnv, '--password-env', env) }
  const token = env[tokenEnv]
  return token ? { type: 'token', token } : { type: 'none' }
}

function required(name: string, option: string, env: Readonly<Record<string, string | undefined>>): string {
  const value = env[name]
  if (value) return value
  throw cliErrors.create('CLI_USAGE', {
    message: `The variable ${name} is not set.`,
    hint: `Set it (export ${name}=…), or name another one with ${option}.`,
  })
}

function tell(found: AirbyteImport, options: AirbyteOptions): void {
  const { dryRun = false } = options
  if (dryRun) for (const [path, text] of Object.entries(found.texts)) console.log(`# ${path}\n\n${text}`)
  tellConnections(found.connections, options)
  tellWritten(found.files, { isDryRun: dryRun, tasks: found.tasks })
}

function tellConnections(
  connections: readonly ImportedConnection[],
  { dryRun = false, withoutState = false }: AirbyteOptions,
): void {
  console.log(`${plural(connections.length, 'connection')} of Airbyte:`)
  for (const { name, airbyteName, source, destination, streams, states, hasStates } of connections) {
    const ofStreams = states.filter(({ stream }) => stream !== '')
    const put = ofStreams.filter(({ status }) => status !== 'kept').length
    const kept = ofStreams.length - put
    const isShared = states.length > ofStreams.length
    const parts = [
      `${source} → ${destination}`,
      plural(streams, 'stream'),
      ...(hasStates && !dryRun
        ? [isShared ? 'with the state that they share' : `${put} with a state`]
        : withoutState || !hasStates
          ? ['without states']
          : []),
      ...(kept > 0 ? [`${kept} synced here since, whose states stay`] : []),
    ]
    console.log(`  ${name}${name === airbyteName ? '' : ` (${airbyteName})`}: ${parts.join(', ')}`)
  }
}
