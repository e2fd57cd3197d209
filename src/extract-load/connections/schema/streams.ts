import { shortName } from '../../../sql/index.js'
import { destinationOf } from '../../connectors/registry.js'
import type { ConfiguredStream, Connection, ConnectionStream, DiscoveredStream } from '../../contract.js'
import { sourceOf } from './source-of.js'

/** Airbyte's word for where a stream lies in its source. It is no variable of the environment. */
export const namespaceVariable = 'SOURCE_NAMESPACE'
export const namespaceWord = `\${${namespaceVariable}}`

/** What PostgreSQL leaves of a name. Held to everywhere: a table is called the same wherever a project runs, and so is a folder of files. */
export const maxNameBytes = 63

/**
 * The streams of a connection with the tables they are loaded into. Without configured streams these are all that the
 * connector knows by name, or the discovered ones; the source itself is not asked.
 */
export function connectionStreams(
  connection: Connection,
  discovered?: readonly DiscoveredStream[],
): ConnectionStream[] {
  const names =
    discovered?.map((stream) => stream.name) ?? sourceOf(connection).streamNames(connection.source.config) ?? []
  const configured = connection.streams.length > 0 ? connection.streams : everyStream(names)
  const { connector, config, cdcDeletes } = connection.destination
  const { isWarehouse, locationOf } = destinationOf(connector)
  return configured.map((stream) => {
    const relation = relationOf(connection, stream)
    return {
      ...stream,
      ...relation,
      dropsDeleted: cdcDeletes === 'hard' && stream.destinationSyncMode.endsWith('dedup'),
      isInWarehouse: isWarehouse,
      location: locationOf?.(config, relation.table),
    }
  })
}

/** Streams of which nobody said how they are loaded. */
export const everyStream = (names: readonly string[]): readonly ConfiguredStream[] =>
  names.map((name) => ({ name, syncMode: 'full_refresh', destinationSyncMode: 'overwrite' }))

/** Whether the schema of a stream's table is told by where the stream lies in the source, which is not known. */
export const lacksNamespace = (connection: Connection, stream: ConfiguredStream): boolean =>
  schemaOf(connection, stream).includes(namespaceWord) && originOf(connection, stream) === undefined

/** Whether a name is more than a table or schema may have. */
export const isTooLong = (name: string): boolean => Buffer.byteLength(name) > maxNameBytes

function relationOf(connection: Connection, stream: ConfiguredStream): Pick<ConnectionStream, 'schema' | 'table'> {
  const schema = schemaOf(connection, stream)
  const origin = schema.includes(namespaceWord) ? originOf(connection, stream) : undefined
  return {
    schema: schema.replaceAll(namespaceWord, origin?.namespace ?? ''),
    table: stream.table ?? shortName(`${connection.destination.prefix}${origin?.name ?? stream.name}`, maxNameBytes),
  }
}

/** What is no table of the warehouse has no schema; its connection stands for one. */
const schemaOf = ({ destination, name }: Connection, stream: ConfiguredStream) =>
  stream.schema ?? destination.schema ?? name

const originOf = (connection: Connection, { name }: ConfiguredStream) =>
  sourceOf(connection).originOf?.(connection.source.config, name)
