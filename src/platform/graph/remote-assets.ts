import { didYouMean, type MillraceError } from '../../base/index.js'
import type { PlacedStream } from '../../extract-load/index.js'
import { type AssetKey, type ConnectionSpec, type ScheduleSpec, selectionOf } from '../../orchestrate/index.js'
import type { KnownServer } from '../airbyte/airbyte-servers.js'
import type { CataloguedConnection } from '../airbyte/catalogue.js'
import type { AirbyteServer } from '../contract.js'
import { platformErrors } from '../errors.js'
import { relationKey, syncStepKey } from './asset-keys.js'
import { type DefinitionParts, joinParts, noParts } from './definition-parts.js'
import { chosenConnections, connectionNames } from './remote-names.js'
import { remoteText } from './remote-text.js'

/** What the graph has besides, and what a stream elsewhere must not meet by accident. */
export interface GraphBefore {
  /** By key: who makes it. */
  readonly taken: ReadonlyMap<AssetKey, string>
  /** Tables as dbt sources write them, by their keys in small letters. */
  readonly tables: ReadonlyMap<string, Relation>
}

interface Relation {
  readonly schema: string
  readonly identifier: string
}

/** What is wrong there keeps nothing here from running: whoever changes a server elsewhere must not stop a project. */
type Found = DefinitionParts & { readonly warnings: readonly MillraceError[] }

/** The connections of servers of Airbyte: every stream is an asset, and a connection is one step, as with our own. */
export function remoteAssets(servers: readonly KnownServer[], { taken, tables }: GraphBefore): Found {
  const makers = new Map(taken)
  const warnings: MillraceError[] = []
  const parts = servers.flatMap(({ server, catalogue }) => {
    if (!catalogue) return []
    const { chosen, unknown } = chosenConnections(server, catalogue.connections)
    warnings.push(...unknown.map((name) => unknownConnection(server, name, catalogue.connections)))
    const names = connectionNames(server.name, catalogue.connections)
    return chosen.map((connection) => {
      const name = names.get(connection.id) as string
      const streams = connection.streams.map((stream) => placed(connection, name, stream, tables))
      const free = streams.filter((stream) => {
        const maker = makers.get(stream.asset)
        if (maker === undefined) makers.set(stream.asset, `the stream ${stream.label} of ${name}`)
        else warnings.push(clash(server, name, stream, maker))
        return maker === undefined
      })
      return connectionParts(server, connection, name, free)
    })
  })
  return { ...joinParts(parts), warnings }
}

interface AssetStream extends PlacedStream {
  /** In this connection; with its namespace where another one is called the same. */
  readonly label: string
  readonly asset: AssetKey
  readonly relation?: Relation | undefined
}

function placed(
  { streams, destination }: CataloguedConnection,
  connection: string,
  stream: PlacedStream,
  tables: GraphBefore['tables'],
): AssetStream {
  const isDoubled = streams.some((other) => other !== stream && other.name === stream.name)
  const label = isDoubled && stream.namespace ? `${stream.namespace}.${stream.name}` : stream.name
  if (stream.schema === undefined)
    return { ...stream, label, asset: `${destination.type}/${connection}/${stream.table}` }
  const own = { schema: stream.schema, identifier: stream.table }
  // Some warehouses write names in capitals: a dbt source that means this table says which letters count here.
  const relation = tables.get(relationKey(own.schema, own.identifier).toLowerCase()) ?? own
  return { ...stream, label, asset: relationKey(relation.schema, relation.identifier), relation }
}

const ofMode = /^(full_refresh|incremental)_(.*)$/
const modeWords: Readonly<Record<string, string>> = {
  deduped_history: 'append_dedup',
  overwrite_deduped: 'overwrite_dedup',
  update: 'append_dedup',
}

function connectionParts(
  server: AirbyteServer,
  connection: CataloguedConnection,
  name: string,
  streams: readonly AssetStream[],
): DefinitionParts {
  const isActive = connection.status === 'active'
  const keys = streams.map(({ asset }) => asset)
  const schedule = scheduleOf(server, connection)
  return {
    ...noParts,
    assets: streams.map((stream) => ({
      key: stream.asset,
      kinds: ['stream', connection.source.type, 'airbyte'],
      group: name,
      description: `Stream \`${stream.label}\` of the connection \`${connection.title}\` on the Airbyte server \`${server.name}\` (${connection.source.type}), loaded there by ${stream.mode.replaceAll('_', ' ')}${stream.relation ? '' : `, into ${connection.destination.title}`}${isActive ? '' : `. The connection is ${connection.status} there: it is not synced`}.`,
      owners: [],
      tags: [],
      deps: [],
      columns: [],
      isExecutable: isActive,
      ...(isActive ? { step: syncStepKey(name) } : {}),
      ...(stream.relation ? { relation: stream.relation } : {}),
      source: server.at,
      metadata: { airbyte_server: server.name, airbyte_connection: { type: 'url', url: connection.page } },
      origin: { connection: name, stream: stream.label },
    })),
    steps:
      isActive && streams.length > 0
        ? [
            {
              key: syncStepKey(name),
              kind: 'sync',
              assets: keys,
              checks: [],
              isSubsettable: false,
              // What comes before there is a job: whether a sync is tried again is up to the server.
              retry: { max: 4, delayMs: 10_000, maxDelayMs: 120_000, backoff: 'exponential', onlyRetryable: true },
            },
          ]
        : [],
    schedules: schedule && isActive && streams.length > 0 ? [scheduleSpec(server, name, schedule, keys)] : [],
    connections: [connectionSpec(server, connection, name, streams, schedule)],
  }
}

const scheduleName = (connection: string) => `sync_${connection}`

const scheduleOf = ({ schedules }: AirbyteServer, { id, title }: CataloguedConnection) =>
  schedules.get(id) ?? schedules.get(title)

const scheduleSpec = (
  { at }: AirbyteServer,
  name: string,
  { cron, timezone }: Pick<ScheduleSpec, 'cron' | 'timezone'>,
  keys: readonly AssetKey[],
): ScheduleSpec => ({
  name: scheduleName(name),
  cron,
  timezone,
  target: selectionOf(keys),
  description: `Has the connection ${name} synced.`,
  catchUp: 'latest',
  overlap: 'skip',
  isOnByDefault: true,
  source: at,
})

function connectionSpec(
  server: AirbyteServer,
  connection: CataloguedConnection,
  name: string,
  streams: readonly AssetStream[],
  schedule: Pick<ScheduleSpec, 'cron' | 'timezone'> | undefined,
): ConnectionSpec {
  return {
    name,
    file: server.at.file,
    sourceConnector: connection.source.type,
    destinationConnector: connection.destination.type,
    destinationSchema: connection.schema,
    yaml: remoteText(server, connection, name),
    step: syncStepKey(name),
    streams: streams.map(({ label, asset, mode, cursorField, primaryKey }) => {
      const [, syncMode = 'full_refresh', how = mode] = ofMode.exec(mode) ?? []
      return { name: label, asset, syncMode, destinationSyncMode: modeWords[how] ?? how, cursorField, primaryKey }
    }),
    schemaChanges: connection.schemaChanges,
    schedule: schedule && { name: scheduleName(name), ...schedule },
    remote: {
      server: server.name,
      id: connection.id,
      workspaceId: connection.workspaceId,
      title: connection.title,
      page: connection.page,
      status: connection.status,
      schedule: connection.schedule,
    },
  }
}

const clash = (server: AirbyteServer, connection: string, { label, asset }: AssetStream, maker: string) =>
  platformErrors.create('AIRBYTE_STREAM_CLASH', {
    message: `The stream ${label} of ${connection} is loaded into ${asset}, which is that of ${maker}.`,
    at: server.at,
    hint: `Two that load one table overwrite each other. Load one of them elsewhere, or choose the connections that belong here: \`connections\` of \`airbyte.${server.name}\` in millrace.yaml.`,
  })

function unknownConnection(
  server: AirbyteServer,
  name: string,
  connections: readonly CataloguedConnection[],
): MillraceError {
  const titles = connections.map(({ title }) => title)
  return platformErrors.create('AIRBYTE_CONNECTION_NOT_FOUND', {
    message: `The Airbyte server ${server.name} has no connection \`${name}\`.`,
    at: server.at,
    hint: [
      didYouMean(name, titles),
      `Its connections: ${titles.slice(0, 20).join(', ') || 'none'}${titles.length > 20 ? ', …' : ''}.`,
    ]
      .filter(Boolean)
      .join(' '),
  })
}
