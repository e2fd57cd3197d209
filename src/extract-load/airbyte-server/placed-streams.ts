import type { AirbyteConnection, AirbyteDestination } from './answers.js'

/** A stream of a connection that a server keeps, and where it is loaded. */
export interface PlacedStream {
  readonly name: string
  readonly namespace?: string | undefined
  /** `full_refresh_overwrite`, … */
  readonly mode: string
  readonly cursorField?: readonly string[] | undefined
  readonly primaryKey?: readonly (readonly string[])[] | undefined
  /** Undefined where it is loaded into no tables: its name is `table` all the same. */
  readonly schema?: string | undefined
  readonly table: string
}

/** By which setting a destination says in which schema it makes its tables, where none is asked for. */
const schemaSettings = ['schema', 'dataset_id', 'dataset', 'default_schema']
/** These have databases in place of schemas. */
const databaseIsSchema = /^(?:clickhouse|mysql|mariadb|tidb|oceanbase|doris|starrocks|databend|singlestore|teradata)/

/** Where a destination makes tables by itself; undefined where it makes none. */
export function ownSchema({ destinationType, configuration }: AirbyteDestination): string | undefined {
  const type = destinationType ?? ''
  const settings = databaseIsSchema.test(type) ? [...schemaSettings, 'database'] : schemaSettings
  return settings
    .map((setting) => configuration[setting])
    .find((value): value is string => typeof value === 'string' && value !== '')
}

/** Namespace and name, as Airbyte makes them out of where a stream lies in its source. */
const namespaceWord = '${SOURCE_NAMESPACE}'

/** Whether where a stream is loaded depends on where it lies in its source. */
export const followsSource = ({ namespaceDefinition, namespaceFormat }: AirbyteConnection): boolean =>
  namespaceDefinition === 'source' || (isCustom(namespaceDefinition) && (namespaceFormat ?? '').includes(namespaceWord))

/** The configuration API writes it in one word. */
const isCustom = (definition: string | undefined) => definition === 'custom_format' || definition === 'customformat'

/**
 * The streams of a connection with their tables, as Airbyte names them.
 * @param schema where the destination makes its tables; undefined: it makes none
 */
export function placedStreams(connection: AirbyteConnection, schema: string | undefined): PlacedStream[] {
  const { prefix = '', configurations } = connection
  return configurations.streams.map(({ name, namespace, syncMode, cursorField, primaryKey }) => ({
    name,
    namespace,
    mode: syncMode ?? 'full_refresh_overwrite',
    cursorField: cursorField?.length ? cursorField : undefined,
    primaryKey: primaryKey?.length ? primaryKey : undefined,
    schema: schema === undefined ? undefined : namespaceOf(connection, namespace) || schema,
    table: `${prefix}${name}`,
  }))
}

function namespaceOf(
  { namespaceDefinition, namespaceFormat = '' }: AirbyteConnection,
  namespace: string | undefined,
): string | undefined {
  if (namespaceDefinition === 'source') return namespace
  // Where the source has none, what is left of the format would be no name.
  if (isCustom(namespaceDefinition)) return namespaceFormat.replaceAll(namespaceWord, namespace ?? '')
  return undefined
}
