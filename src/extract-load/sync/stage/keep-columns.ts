import { quoteIdentifier } from '../../../sql/index.js'
import type { ColumnKind, WarehouseConnection } from '../../../warehouse/index.js'
import type { SchemaChange } from '../../contract.js'
import { valueMapper } from '../../fields/mappers.js'
import type { OfferedField } from '../../fields/offered-field.js'
import { isSameName } from '../../fields/same-name.js'
import { readTime } from '../../file-formats/text-types.js'
import type { AirbyteType } from '../../protocol/declared-types.js'
import type { LoadRequest } from '../load/load-request.js'
import { changesOf, isNulled, metaWithNotes } from '../rows/change-notes.js'
import type { TableColumn } from '../rows/table-shape.js'
import type { StagingTable } from './staging-table.js'

const types: Readonly<Record<AirbyteType, readonly [type: string, kind: ColumnKind]>> = {
  string: ['VARCHAR', 'text'],
  boolean: ['BOOLEAN', 'boolean'],
  integer: ['BIGINT', 'integer'],
  number: ['DOUBLE', 'float'],
  date: ['DATE', 'date'],
  time_without_timezone: ['TIME', 'time'],
  time_with_timezone: ['VARCHAR', 'text'],
  timestamp_without_timezone: ['TIMESTAMP', 'timestamp'],
  timestamp_with_timezone: ['TIMESTAMP WITH TIME ZONE', 'timestamptz'],
  json: ['JSON', 'json'],
}

/**
 * Where changes of the source are passed over, gives the staged rows the columns that were accepted: one that is gone is there without a
 * value, one of another type has the old one; values that do not fit it become NULL with a note.
 */
export async function keepColumns(
  connection: WarehouseConnection,
  request: LoadRequest,
  staging: StagingTable,
): Promise<void> {
  const { schema, table, replacesTable, previous, nameOf } = request
  if (!schema || !staging.columns) return
  const find = (columns: readonly TableColumn[], name: string) =>
    columns.find((column) => isSameName(column.name, name))
  const accepted = (field: string): TableColumn => {
    const { type = 'string' }: Partial<OfferedField> = schema.accepted.find(({ name }) => isSameName(name, field)) ?? {}
    const name = nameOf(field)
    return find(table, name) ?? { name, type: types[type][0], kind: types[type][1] }
  }
  const add = (column: TableColumn) =>
    connection.query(`alter table ${staging.relation} add column ${quoteIdentifier(column.name)} ${column.type}`)
  for (const { kind, column: field } of schema.ignored) {
    const wanted = accepted(field)
    const staged = find(staging.columns, wanted.name)
    // A table that is added to keeps the column by itself.
    if (kind === 'column_removed' && !staged && replacesTable) {
      await add(wanted)
      staging.columns = [...staging.columns, { ...wanted, isEmpty: true }]
    }
    // What is hashed or encrypted is text, whatever it was.
    const isMapped = valueMapper(request.stream, wanted.name) !== undefined
    if (kind !== 'type_changed' || !staged || staged.type === wanted.type || isMapped) continue
    await convert(connection, staging.relation, staged, wanted, previous.syncId + 1)
    staging.columns = staging.columns.map((one) => (one === staged ? { ...wanted, name: staged.name } : one))
  }
}

async function convert(
  connection: WarehouseConnection,
  relation: string,
  { name, type, kind }: TableColumn,
  wanted: TableColumn,
  syncId: number,
): Promise<void> {
  const column = quoteIdentifier(name)
  const isTime = kind === 'text' && (wanted.kind === 'timestamp' || wanted.kind === 'timestamptz')
  const cast = isTime ? readTime(column, wanted.type) : `try_cast(${column} as ${wanted.type})`
  // A text may say the same in other letters; of everything else nothing must be rounded or cut off.
  const kept = kind === 'text' ? cast : `case when try_cast(${cast} as ${type}) = ${column} then ${cast} end`
  const misfit = { field: name, isMisfit: isNulled(column, kept) }
  await connection.query(
    `update ${relation} set _airbyte_meta = ${metaWithNotes(changesOf('_airbyte_meta'), [misfit], syncId)} where ${misfit.isMisfit}`,
  )
  await connection.query(`alter table ${relation} alter ${column} type ${wanted.type} using ${kept}`)
}

/** The changes that a person should hear of: not those that are passed over. */
export function withoutIgnored(
  changes: readonly SchemaChange[],
  { schema, nameOf }: Pick<LoadRequest, 'schema' | 'nameOf'>,
): readonly SchemaChange[] {
  const ignored = new Set(schema?.ignored.map(({ column }) => nameOf(column).toLowerCase()))
  return changes.filter(({ column }) => !ignored.has(column.toLowerCase()))
}
