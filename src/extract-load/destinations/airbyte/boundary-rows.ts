import { quoteIdentifier, quoteLiteral } from '../../../sql/index.js'
import type { WarehouseConnection } from '../../../warehouse/index.js'
import { isSameName } from '../../fields/same-name.js'
import type { ExistingRows, LoadRequest } from '../../loading/request/load-request.js'
import { convertedRows } from '../../loading/rows/insert-rows.js'
import type { RecordedTable } from '../recorded/record.js'
import type { RecordedColumns } from '../recorded/recorded-columns.js'

/** More of them are not kept: they are sent once more. */
const mostRows = 10_000

type BoundaryRow = NonNullable<RecordedTable['ties']>[number]

/**
 * The rows that a source will read again because their cursor is not above the last one: a destination cannot be asked which it has. Rows
 * that have a key need no such thing.
 * @returns undefined where there are too many of them
 */
export async function boundaryAfter(
  staging: WarehouseConnection,
  request: LoadRequest,
  { source, plan }: Pick<RecordedColumns, 'source' | 'plan'>,
  before: readonly BoundaryRow[],
): Promise<readonly BoundaryRow[] | undefined> {
  const { cursor, stream, previous } = request
  if (cursor === undefined || stream.destinationSyncMode !== 'append') return []
  const names = plan.map(({ column }) => column.name)
  const ordering = names.find((name) => isSameName(name, cursor.column))
  if (ordering === undefined) return before
  const values = convertedRows(source, plan, previous.syncId + 1).filter(({ name }) => names.includes(name))
  const selected = values.map(({ name, sql }) => `${sql} as ${quoteIdentifier(name)}`).join(', ')
  const name = quoteIdentifier(ordering)
  const texts = names.map((one) => `${quoteIdentifier(one)}::varchar`).join(', ')
  const { rows } = await staging.query(
    `with sent as (select ${selected} ${source.from}), newest as (select max(${name}) as value from sent)
     select newest.value::varchar, ${texts} from sent, newest where ${name} = newest.value or ${name} is null limit ${mostRows + 1}`,
  )
  const newest = textOf(rows[0]?.[0])
  const sent = rows.map((row): BoundaryRow => Object.fromEntries(names.map((one, i) => [one, textOf(row[i + 1])])))
  const kept = request.replacesTable ? [] : before.filter((row) => isStillOne(row, ordering, newest))
  const boundary = [...kept, ...sent]
  return boundary.length > mostRows ? undefined : boundary
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : null)

/** Rows without a value stay; the others as long as no higher value came. */
function isStillOne(row: BoundaryRow, ordering: string, newest: string | null): boolean {
  const value = row[ordering] ?? null
  return value === null || newest === null || value === newest
}

/** What is known of the rows that a destination has. */
export function existingAsBoundary(table: RecordedTable | undefined): ExistingRows {
  return {
    // Rather a cursor that is refused than rows that are lost.
    hasValues: async () => (table?.columns.length ?? 0) > 0,
    async at(column, value) {
      if (!table?.ties) return undefined
      const name = quoteIdentifier(column)
      const values = table.columns.map(
        (one) =>
          `try_cast(boundary_row->>${quoteLiteral(`$.${JSON.stringify(one.name)}`)} as ${one.type}) as ${quoteIdentifier(one.name)}`,
      )
      const rows = `select unnest(from_json(${quoteLiteral(JSON.stringify(table.ties))}, '["JSON"]')) as boundary_row`
      return `(select * from (select ${values.join(', ')} from (${rows})) where ${name} = ${quoteLiteral(value)} or ${name} is null)`
    },
    // Which columns of a row were sent with which values, nobody can say.
    ofKeys: async () => undefined,
  }
}
