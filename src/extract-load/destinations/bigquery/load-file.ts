import { randomUUID } from 'node:crypto'
import { quoteBigQueryName, type RelationName } from '../../../warehouse/index.js'
import type { LoadDialect } from '../loaded-warehouse/index.js'
import { bigQueryType } from './types.js'

/**
 * Brings the file into the table by a load job, which costs nothing and is all or nothing. Parquet has no JSON that BigQuery reads as such: where a
 * column is to be JSON, its texts come into a table of their own first.
 */
export const loadFile: LoadDialect['load'] = async (connection, { path, schema, table, columns, signal }) => {
  const target = { schema, identifier: table }
  const load = connection.loadFile?.bind(connection) as NonNullable<typeof connection.loadFile>
  const isJson = columns.map((column) => bigQueryType(column) === 'json')
  const typed = columns.map((column, i) => ({ name: column.name, type: isJson[i] ? 'string' : bigQueryType(column) }))
  // Without them BigQuery finds out types of its own, which those of the table might not be.
  const options = { format: 'parquet', mode: 'append', columns: typed, signal } as const
  if (!isJson.includes(true)) {
    await load(path, target, options)
    return
  }
  const texts = { ...target, identifier: `${target.identifier}_${randomUUID().slice(0, 8)}` }
  const own = quoted(texts)
  const expiry = `options (expiration_timestamp = timestamp_add(current_timestamp(), interval 1 day))`
  await connection.query(
    `create table ${own} (${typed.map(({ name, type }) => `${quoteBigQueryName(name)} ${type}`).join(', ')}) ${expiry}`,
    { signal },
  )
  try {
    await load(path, texts, options)
    const names = columns.map(({ name }) => quoteBigQueryName(name))
    // Numbers beyond a float's keep their nearest one, as they do in JSON everywhere else.
    const values = names.map((name, i) => (isJson[i] ? `parse_json(${name}, wide_number_mode => 'round')` : name))
    await connection.query(
      `insert into ${quoted(target)} (${names.join(', ')}) select ${values.join(', ')} from ${own}`,
      {
        signal,
      },
    )
  } finally {
    await connection.query(`drop table if exists ${own}`).catch(() => {})
  }
}

const quoted = ({ schema, identifier }: RelationName) => `${quoteBigQueryName(schema)}.${quoteBigQueryName(identifier)}`
