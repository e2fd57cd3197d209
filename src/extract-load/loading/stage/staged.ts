import { quoteIdentifier, quoteLiteral } from '../../../sql/index.js'
import type { RelationName } from '../../../warehouse/index.js'
import type { OfferedField } from '../../fields/offered-field.js'
import type { LoadRequest } from '../request/load-request.js'
import type { RowSource } from '../rows/insert-rows.js'
import { metaColumns, type TableColumn } from '../rows/table-shape.js'

/** A table of one session of DuckDB's. */
export const temporaryName = (identifier: string): RelationName => ({ database: 'temp', schema: 'main', identifier })
export const temporaryRelation = (identifier: string) => `temp.main.${quoteIdentifier(identifier)}`

/** The table into which a batch is brought, as it is before. */
export interface Staging {
  readonly name: RelationName
  /** The name as SQL has it. */
  readonly relation: string
  /** Undefined until a batch brought some: the table does not exist. */
  readonly columns: readonly TableColumn[] | undefined
  readonly rows: number
  readonly bytes: number
  /** Gone with the session, and never in the warehouse's own log. */
  readonly isTemporary: boolean
}

/** What bringing a batch in came to. */
export interface Staged {
  /** The table's columns afterwards, without Airbyte's; undefined when the batch held no record. */
  readonly columns: readonly TableColumn[] | undefined
  readonly rows: number
  readonly rejected: number
  /** What the batch offered, where only reading it tells. */
  readonly offered?: readonly OfferedField[] | undefined
}

/** The staged rows, to be put into another table. */
export function stagedRows({ warehouse }: LoadRequest, { relation, columns = [] }: Staging): RowSource {
  return {
    columns,
    value: ({ name }) => warehouse.quoteIdentifier(name),
    meta: new Map(metaColumns.map(({ name }) => [name, name])),
    from: `from ${relation}`,
  }
}

/** What Airbyte's columns hold in the rows of a load, as SQL by their names. */
export function metaValues({ previous, extractedAt, generationId }: LoadRequest): ReadonlyMap<string, string> {
  return new Map([
    ['_airbyte_raw_id', 'uuid()'],
    ['_airbyte_extracted_at', `timestamptz ${quoteLiteral(extractedAt.toISOString())}`],
    ['_airbyte_meta', `${quoteLiteral(JSON.stringify({ sync_id: previous.syncId + 1, changes: [] }))}::json`],
    ['_airbyte_generation_id', `${generationId}::bigint`],
  ])
}
