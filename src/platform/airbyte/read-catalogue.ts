import { didYouMean, mapConcurrent } from '../../base/index.js'
import {
  type AirbyteConnection,
  type AirbyteDestination,
  type AirbyteServerClient,
  type AirbyteSource,
  type CallOptions,
  connectionPage,
  followsSource,
  ownSchema,
  placedStreams,
} from '../../extract-load/index.js'
import { readSchedule } from '../../orchestrate/index.js'
import type { AirbyteServer } from '../contract.js'
import { platformErrors } from '../errors.js'
import type { AirbyteCatalogue, CataloguedConnection } from './catalogue.js'

/** How many connections are asked for at once, one by one. */
const atOnce = 4

/** Asks a server for all that it has. @throws AIRBYTE_…, AIRBYTE_WORKSPACE_NOT_FOUND */
export async function readCatalogue(
  client: AirbyteServerClient,
  server: Pick<AirbyteServer, 'name' | 'workspace'>,
  options: CallOptions = {},
): Promise<AirbyteCatalogue> {
  const workspaces = server.workspace === undefined ? undefined : [await workspaceId(client, server, options)]
  const [listed, sources, destinations, { version }] = await Promise.all([
    client.connections(workspaces, options),
    client.sources(workspaces, options),
    client.destinations(workspaces, options),
    // Nothing is done differently for it.
    client.instance(options).catch(() => ({ version: undefined })),
  ])
  const connections = await withNamespaces(
    client,
    listed.filter(({ status }) => status !== 'deprecated'),
    options,
  )
  const sourceOf = new Map(sources.map((source) => [source.sourceId, source]))
  const destinationOf = new Map(destinations.map((destination) => [destination.destinationId, destination]))
  return {
    version,
    connections: connections
      .map((connection) =>
        catalogued(client, connection, {
          source: sourceOf.get(connection.sourceId),
          destination: destinationOf.get(connection.destinationId),
        }),
      )
      // The order of a server is that of the last change.
      .sort((a, b) => (a.title === b.title ? (a.id < b.id ? -1 : 1) : a.title < b.title ? -1 : 1)),
  }
}

const isId = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

async function workspaceId(
  client: AirbyteServerClient,
  { name, workspace = '' }: Pick<AirbyteServer, 'name' | 'workspace'>,
  options: CallOptions,
): Promise<string> {
  if (isId(workspace)) return workspace
  const workspaces = await client.workspaces(options)
  const found = workspaces.find((one) => one.name === workspace)
  if (found) return found.workspaceId
  const names = workspaces.flatMap((one) => one.name ?? [])
  throw platformErrors.create('AIRBYTE_WORKSPACE_NOT_FOUND', {
    message: `The Airbyte server ${name} has no workspace \`${workspace}\` that may be seen from here.`,
    hint: [didYouMean(workspace, names), `Its workspaces: ${names.join(', ') || 'none'}.`].filter(Boolean).join(' '),
  })
}

/**
 * Older servers leave out of their lists where streams lie in their sources. Where that says where they are loaded, they are asked
 * for it by the other API.
 */
async function withNamespaces(
  client: AirbyteServerClient,
  connections: readonly AirbyteConnection[],
  options: CallOptions,
): Promise<readonly AirbyteConnection[]> {
  const isSaid = connections.some(({ configurations }) => configurations.streams.some((one) => one.namespace))
  if (isSaid || !connections.some(followsSource)) return connections
  return mapConcurrent(connections, atOnce, async (connection) => {
    if (!followsSource(connection)) return connection
    const { syncCatalog } = await client.configuredConnection(connection.connectionId, options)
    const namespaces = new Map(syncCatalog.streams.map(({ stream }) => [stream.name, stream.namespace]))
    const streams = connection.configurations.streams.map((stream) => ({
      ...stream,
      namespace: namespaces.get(stream.name),
    }))
    return { ...connection, configurations: { streams } }
  })
}

function catalogued(
  { addresses }: AirbyteServerClient,
  connection: AirbyteConnection,
  {
    source,
    destination,
  }: { readonly source: AirbyteSource | undefined; readonly destination: AirbyteDestination | undefined },
): CataloguedConnection {
  const schema = destination && ownSchema(destination)
  return {
    id: connection.connectionId,
    title: connection.name,
    workspaceId: connection.workspaceId,
    page: connectionPage(addresses, connection.workspaceId, connection.connectionId),
    status: connection.status,
    statusReason: connection.statusReason,
    source: { title: source?.name ?? connection.sourceId, type: source?.sourceType ?? 'airbyte' },
    destination: {
      title: destination?.name ?? connection.destinationId,
      type: destination?.destinationType ?? 'airbyte',
    },
    schema,
    prefix: connection.prefix === '' ? undefined : connection.prefix,
    schedule: readSchedule(connection.schedule),
    schemaChanges: connection.nonBreakingSchemaUpdatesBehavior,
    streams: placedStreams(connection, schema),
  }
}
