import { didYouMean } from '../../../base/index.js'
import { foldedName, rowObjects } from '../../../warehouse/index.js'
import { extractLoadErrors } from '../../errors.js'
import type { ConnectorContext, StreamOrigin } from '../connector.js'
import { quoteName, readColumn, type SnowflakeReadColumn } from './columns.js'
import type { SnowflakeConfig } from './config.js'
import type { SourceSession } from './session.js'

export interface SnowflakeTable {
  readonly schema: string
  readonly name: string
}

/** With one schema a stream is called as its table, otherwise `SCHEMA.TABLE`. */
export const streamName = ({ schema }: Pick<SnowflakeConfig, 'schema'>, table: SnowflakeTable): string =>
  schema === undefined ? `${table.schema}.${table.name}` : table.name

export function originOf({ schema }: Pick<SnowflakeConfig, 'schema'>, stream: string): StreamOrigin | undefined {
  if (schema !== undefined) return { namespace: foldedName(schema), name: stream }
  const [namespace, ...rest] = stream.split('.')
  return namespace === undefined || rest.length === 0 ? undefined : { namespace, name: rest.join('.') }
}

/** Tables and views that the role may read. */
export async function readTables(
  { warehouse, config }: SourceSession,
  signal?: AbortSignal,
): Promise<SnowflakeTable[]> {
  const schemas = config.schema === undefined ? {} : { schemas: [foldedName(config.schema)] }
  const relations = await warehouse.listRelations({ ...schemas, ...(signal ? { signal } : {}) })
  return relations
    .filter(({ schema }) => schema !== 'INFORMATION_SCHEMA')
    .map(({ schema, identifier }) => ({ schema, name: identifier }))
}

/** The table of a stream. @throws STREAM_NOT_FOUND */
export async function tableOf(
  session: SourceSession,
  stream: string,
  { file, signal }: Pick<ConnectorContext, 'file' | 'signal'>,
): Promise<{ table: SnowflakeTable; columns: readonly SnowflakeReadColumn[] }> {
  const origin = originOf(session.config, stream)
  const table = origin && (await meantTable(session, { schema: origin.namespace, name: origin.name }, signal))
  const columns = table ? await columnsOf(session, table, signal) : []
  if (table && columns.length > 0) return { table, columns }
  const names = (await readTables(session, signal)).map((one) => streamName(session.config, one))
  throw extractLoadErrors.create('STREAM_NOT_FOUND', {
    message: `The database \`${session.config.database}\` has no table or view \`${stream}\` that the role may read.`,
    at: { file },
    hint:
      didYouMean(stream, names) ??
      'Check the name, `schema`, and the grants of the role; `millrace discover` lists what there is.',
  })
}

/** The table that is called so, or the one that SQL without quotes means. */
async function meantTable(
  session: SourceSession,
  written: SnowflakeTable,
  signal: AbortSignal | undefined,
): Promise<SnowflakeTable> {
  const folded = { schema: foldedName(written.schema), name: foldedName(written.name) }
  const isWritten = ({ schema, name }: SnowflakeTable) => schema === written.schema && name === written.name
  if (isWritten(folded)) return written
  return (await readTables(session, signal)).some(isWritten) ? written : folded
}

export async function columnsOf(
  { warehouse }: SourceSession,
  { schema, name }: SnowflakeTable,
  signal?: AbortSignal,
): Promise<readonly SnowflakeReadColumn[]> {
  const infos = await warehouse.columns({ schema, identifier: name }, signal ? { signal } : {})
  return infos.map(readColumn)
}

export const relationOf = ({ schema, name }: SnowflakeTable) => `${quoteName(schema)}.${quoteName(name)}`

/** The columns of the keys that people declared, by table; Snowflake holds nobody to them. */
export async function primaryKeys(
  { connection, warehouse }: SourceSession,
  schema: string,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const keys = new Map<string, string[]>()
  const place = `${quoteName(warehouse.database)}.${quoteName(schema)}`
  const rows = rowObjects(await connection.query(`show primary keys in schema ${place}`, { signal }))
  for (const row of rows.sort((a, b) => Number(a.key_sequence) - Number(b.key_sequence))) {
    const table = String(row.table_name)
    keys.set(table, [...(keys.get(table) ?? []), String(row.column_name)])
  }
  return keys
}
