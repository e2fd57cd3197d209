import { quoteIdentifier } from '../../../sql/index.js'
import type { WarehouseConnection } from '../../../warehouse/index.js'
import type { SchemaChange } from '../../contract.js'
import { valueMapper } from '../../fields/mappers.js'
import type { OfferedField } from '../../fields/offered-field.js'
import { isSameName } from '../../fields/same-name.js'
import type { LoadRequest } from '../request/load-request.js'
import { changesOf, isNulled, metaWithNotes } from '../rows/change-notes.js'
import { declaredTypes } from '../rows/column-types.js'
import { exactCast } from '../rows/exact-cast.js'
import { columnNamed, type TableColumn } from '../rows/table-shape.js'
import type { StagingTable } from './staging-table.js'

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
  const accepted = (field: string): TableColumn => {
    const { type = 'string' }: Partial<OfferedField> = schema.accepted.find(({ name }) => isSameName(name, field)) ?? {}
    const name = nameOf(field)
    return columnNamed(table, name) ?? { name, ...declaredTypes[type] }
  }
  const add = (column: TableColumn) =>
    connection.query(`alter table ${staging.relation} add column ${quoteIdentifier(column.name)} ${column.type}`)
  for (const { kind, column: field } of schema.ignored) {
    const wanted = accepted(field)
    const staged: TableColumn | undefined = columnNamed(staging.columns, wanted.name)
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
  staged: TableColumn,
  wanted: TableColumn,
  syncId: number,
): Promise<void> {
  const column = quoteIdentifier(staged.name)
  const kept = exactCast(column, staged, wanted)
  const misfit = { field: staged.name, isMisfit: isNulled(column, kept) }
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
