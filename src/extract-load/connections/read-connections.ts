import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { z } from 'zod'
import { invalidSetting, MillraceError, readText, toMillraceError, valueAt } from '../../base/index.js'
import { connectorOf, destinationOf } from '../connectors/registry.js'
import type { ConfiguredStream, Connection } from '../contract.js'
import { extractLoadErrors } from '../errors.js'
import { streamsHint } from '../unknown-stream.js'
import { checkDestination } from './checks/check-destination.js'
import { checkFiles } from './checks/check-files.js'
import { checkLogStreams } from './checks/check-log-streams.js'
import { checkPartitions } from './checks/check-partitions.js'
import { checkPaths } from './checks/check-paths.js'
import { checkTables } from './checks/check-tables.js'
import { checkTies } from './checks/check-ties.js'
import { type ConnectionDocument, readConnectionDocument } from './document/connection-document.js'
import { retriesOf, scheduleOf, timeoutsOf } from './schema/pace.js'
import { connectionSchema, type streamSchema } from './schema/schema.js'
import { everyStream } from './schema/streams.js'
import { registerMapperKeys } from './secrets/mapper-keys.js'
import { registerSecretsOf, registerWrittenSecrets, secretsInClear } from './secrets/secret-values.js'
import { filledDocument, originOf, type Variables, variablesIn } from './secrets/variables.js'

interface Surroundings extends Variables {
  /** The streams that the source of a connection had when it was last asked, where the connection takes whatever there is. */
  readonly foundStreams?: ((connection: string) => readonly string[]) | undefined
}

/** Where connections lie, and the connectors that were added beside them. */
interface Placed extends Surroundings {
  readonly folder?: string | undefined
}

/**
 * Reads every YAML file of a folder as a connection, in order of their names. A file that is no connection becomes a
 * problem (CONNECTION_INVALID, CONNECTOR_NOT_FOUND, STREAM_NOT_FOUND with file, line and column; ENV_MISSING, CONNECTION_SECRET_UNREADABLE); the
 * others still work.
 */
export async function readConnections(
  projectDir: string,
  folder: string,
  surroundings: Surroundings,
): Promise<{
  readonly connections: readonly Connection[]
  readonly waiting: readonly WaitingConnection[]
  readonly problems: readonly MillraceError[]
}> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const files = names.filter((name) => /\.ya?ml$/.test(name)).sort()
  const read = await Promise.allSettled(
    files.map((name) => readConnection(projectDir, join(folder, name), { ...surroundings, folder })),
  )
  const connections = new Map<string, Connection>()
  const waiting: WaitingConnection[] = []
  const problems: MillraceError[] = []
  for (const [i, outcome] of read.entries()) {
    if (outcome.status === 'rejected') {
      const error = toMillraceError(outcome.reason)
      problems.push(error)
      const connection = withoutSecrets(projectDir, join(folder, files[i] ?? ''), error, { ...surroundings, folder })
      if (connection) waiting.push({ connection, error })
      continue
    }
    const connection = outcome.value
    const other = connections.get(connection.name)
    if (other === undefined) connections.set(connection.name, connection)
    else
      problems.push(
        extractLoadErrors.create('CONNECTION_INVALID', {
          message: `Two connections are called \`${connection.name}\`: ${other.file} and ${connection.file}.`,
          at: { file: connection.file, line: 1 },
          hint: 'Give one of them another `name`.',
        }),
      )
  }
  const isAlone = ({ connection: { name } }: WaitingConnection, at: number) =>
    !connections.has(name) && waiting.findIndex((one) => one.connection.name === name) === at
  return { connections: [...connections.values()], waiting: waiting.filter(isAlone), problems }
}

/** What the file of a connection says that names secrets which nobody has, or can read. Nothing can be read with it. */
export interface WaitingConnection {
  /** In the place of each of them stands its name, as in the file. */
  readonly connection: Connection
  /** One of the problems: ENV_MISSING, CONNECTION_SECRET_UNREADABLE. */
  readonly error: MillraceError
}

const wantOfSecrets: ReadonlySet<string> = new Set(['ENV_MISSING', 'CONNECTION_SECRET_UNREADABLE'])

/** Whether an error is about secrets that nobody has, or can read: what the file of a connection says besides is known. */
export const isWantOfSecrets = (code: string): boolean => wantOfSecrets.has(code)

/** Undefined where more is missing than what only who reads or writes needs. */
function withoutSecrets(
  projectDir: string,
  path: string,
  { code }: MillraceError,
  { env, ...surroundings }: Placed,
): Connection | undefined {
  if (!isWantOfSecrets(code)) return undefined
  const file = relative(projectDir, path)
  try {
    const text = readText(path, file)
    const lacking = variablesIn(text).filter((name) => env[name] === undefined)
    const names = Object.fromEntries(lacking.map((name) => [name, `\${${name}}`]))
    const connection = parseConnection(text, file, {
      ...surroundings,
      env: { ...env, ...names },
      unreadable: undefined,
      hasSecrets: false,
    })
    const { name, destination, streams } = connection
    const places = [name, destination.schema, destination.prefix, ...streams.flatMap((one) => [one.schema, one.table])]
    return lacking.some((one) => places.join(' ').includes(`\${${one}}`)) ? undefined : connection
  } catch {
    return undefined
  }
}

async function readConnection(projectDir: string, path: string, surroundings: Placed): Promise<Connection> {
  const file = relative(projectDir, path)
  return parseConnection(readText(path, file), file, surroundings)
}

/**
 * The connection that a text describes.
 * @param file how the text is called in errors
 * @param mayLackStreams what the source has is still to be asked
 * @param hasSecrets false: names stand in the place of secrets, and are none
 * @param folder of the project's connections, where connectors of its own are looked for
 * @throws CONNECTION_INVALID, CONNECTOR_NOT_FOUND, STREAM_NOT_FOUND, STREAM_MODE_UNSUPPORTED, ENV_MISSING, CONNECTION_SECRET_UNREADABLE, YAML_SYNTAX
 */
export function parseConnection(
  text: string,
  file: string,
  {
    foundStreams,
    folder,
    mayLackStreams = false,
    hasSecrets = true,
    ...variables
  }: Placed & { readonly mayLackStreams?: boolean; readonly hasSecrets?: boolean },
): Connection {
  const document = readConnectionDocument(text, file)
  const value = filledDocument(document, variables)
  if (hasSecrets) registerMapperKeys(document, value)
  const parsed = connectionSchema.safeParse(value)
  if (!parsed.success) throw invalid(document, value, parsed.error)
  const { source, destination, streams, schedule, name } = parsed.data
  const connector = connectorOf(source.connector, { folder, at: document.locate(['source', 'connector']) })
  // Before anything looks at the config: what an error shows of it is masked already.
  if (hasSecrets) registerSecretsOf(connector.spec, source.config)
  if (hasSecrets) registerWrittenSecrets(connector.spec, valueAt(document.value, ['source', 'config']))
  const target = destinationOf(destination.connector, document.locate(['destination', 'connector']))
  if (hasSecrets) registerSecretsOf(target.spec, destination.config)
  if (hasSecrets) registerWrittenSecrets(target.spec, valueAt(document.value, ['destination', 'config']))
  located(document, () => target.checkSettings(destination.config))
  const known = located(document, () => connector.streamNames(source.config))
  const namesNone = !known && Object.keys(streams ?? {}).length === 0
  const followsStreams = namesNone && parsed.data.schema_changes === 'propagate_fully'
  if (namesNone && !followsStreams && !mayLackStreams)
    throw extractLoadErrors.create('CONNECTION_INVALID', {
      message: `The connection \`${name}\` names no stream.`,
      ...document.show(['source', 'connector']),
      hint: `Which tables a ${connector.title} source has only the source knows: name those to load below \`streams\`; \`millrace discover ${name}\` shows them once one is named. Or take all of them, with \`schema_changes: propagate_fully\`.`,
    })
  for (const stream of Object.keys(streams ?? {}))
    if (known && !known.includes(stream))
      throw extractLoadErrors.create('STREAM_NOT_FOUND', {
        message: `The source of \`${name}\` has no stream \`${stream}\`.`,
        ...document.show(['streams', stream]),
        hint: streamsHint(stream, known),
      })
  const connection: Connection = {
    name,
    file,
    locate: (path) => document.locate(path),
    secretsInClear: Object.entries({ source: connector, destination: target }).flatMap(([end, { spec }]) =>
      secretsInClear(spec, valueAt(document.value, [end, 'config'])).map((path) =>
        document.locate([end, 'config', ...path]),
      ),
    ),
    source,
    sourceVariables: variablesIn(valueAt(document.value, ['source', 'config']))
      // Whoever just gave a value named no variable.
      .filter((name) => !variables.given?.has(name))
      .map((name) => ({ name, from: originOf(name, variables) })),
    folder,
    destination: configuredDestination(destination),
    streams: followsStreams
      ? everyStream(foundStreams?.(name) ?? [])
      : Object.entries(streams ?? {}).map(([stream, settings]) => configured(stream, settings, parsed.data)),
    schemaChanges: parsed.data.schema_changes,
    followsStreams,
    schedule: schedule && scheduleOf(schedule),
    pool: parsed.data.pool,
    retries: retriesOf(parsed.data.retries),
    timeouts: timeoutsOf(parsed.data.timeouts),
  }
  checkDestination(connection, target, document)
  checkFiles(connection, { source: connector, target }, document)
  checkTables(connection, document)
  checkPaths(connection, connector, document)
  checkTies(connection, connector, document)
  checkPartitions(connection, { source: connector, target }, document)
  if (connector.reads === 'streams' && connector.cdc?.isUsed(source.config)) checkLogStreams(connection, document)
  return connection
}

/** A connector knows the path of a wrong setting, the document knows its line. */
function located<T>(document: ConnectionDocument, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof MillraceError) || !Array.isArray(error.data?.path)) throw error
    throw extractLoadErrors.create('CONNECTION_INVALID', {
      message: error.message,
      ...document.show(error.data.path),
      hint: error.hint,
    })
  }
}

/** A destination as its settings in a file say. */
export const configuredDestination = ({
  cdc_deletes: cdcDeletes,
  ...destination
}: z.output<typeof connectionSchema>['destination']): Connection['destination'] => ({ ...destination, cdcDeletes })

/** A stream as its settings in a file say. */
export function configured(
  name: string,
  settings: z.output<typeof streamSchema>,
  ofConnection: z.output<typeof connectionSchema>,
): ConfiguredStream {
  const hasKey = settings.primary_key !== undefined
  const usual = settings.sync_mode === 'full_refresh' ? 'overwrite' : hasKey ? 'append_dedup' : 'append'
  return {
    name,
    syncMode: settings.sync_mode,
    destinationSyncMode: settings.destination_sync_mode ?? usual,
    cursorField: settings.cursor_field,
    primaryKey: settings.primary_key,
    fields: settings.fields,
    mappers: settings.mappers,
    partitions: settings.partitions,
    fillsNewColumns: settings.backfill_new_columns ?? ofConnection.backfill_new_columns,
    includesFiles: settings.include_files,
    schema: settings.schema,
    table: settings.table,
  }
}

function invalid(document: ConnectionDocument, value: unknown, error: z.ZodError) {
  const { message, meant, known, section, path } = invalidSetting(connectionSchema, value, error.issues[0])
  const where = section === '' ? ' of a connection' : ` of \`${section}\``
  return extractLoadErrors.create('CONNECTION_INVALID', {
    message,
    ...document.show(path),
    hint: [meant, known.length > 0 && `Settings${where}: ${known.join(', ')}.`, 'docs/connections.md describes each.']
      .filter(Boolean)
      .join(' '),
  })
}
