import type { ColumnKind } from '../../../warehouse/index.js'
import type { LoadDialect } from '../loaded-warehouse/index.js'
import { quote } from './names.js'

/**
 * Puts the files of a folder into the stage that the table has of its own, which goes with it, and copies them into the table.
 * https://docs.snowflake.com/en/sql-reference/sql/copy-into-table
 */
export const loadFile: LoadDialect['load'] = async (connection, { path, schema, table, columns, signal }) => {
  const options = { signal }
  const stage = `@${quote(schema)}.${quote(`%${table}`)}`
  await connection.query(
    `put 'file://${path.replaceAll('\\', '/')}/*' ${stage} auto_compress = false source_compression = zstd overwrite = true`,
    options,
  )
  // `auto` finds zstd (all but Brotli) by the files themselves; by its name the emulator that this is tried on does not know it.
  const values = columns.map(({ kind }, i) => readers[kind]?.(`$${i + 1}`) ?? `$${i + 1}`)
  await connection.query(
    `copy into ${quote(schema)}.${quote(table)} from (select ${values.join(', ')} from ${stage}) file_format = (type = csv compression = auto field_optionally_enclosed_by = '"' empty_field_as_null = true null_if = () escape_unenclosed_field = none) on_error = abort_statement`,
    options,
  )
}

const json = (field: string) => `parse_json(${field})`

/** What the type of the column alone does not make of a text. */
const readers: Partial<Record<ColumnKind, (field: string) => string>> = {
  json,
  list: json,
  struct: json,
  binary: (field) => `to_binary(${field}, 'HEX')`,
}
