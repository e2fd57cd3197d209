import { randomUUID } from 'node:crypto'
import { quoteIdentifier, quoteLiteral } from '../../../sql/index.js'
import type { ConnectionStream } from '../../contract.js'
import { isSameName } from '../../fields/same-name.js'
import type { FoundRows, HeldRows, WantedKeys } from '../../sync/load-request.js'
import { temporaryRelation } from '../../sync/staged.js'
import { planColumns, type TableColumn } from '../../sync/table-shape.js'
import type { Ends } from './ends.js'
import { relationOf } from './load-dialect.js'
import { loadStaged } from './load-staged.js'

/** @param columns of the stream's table, in the types of DuckDB */
export function heldRows(
  ends: Ends,
  stream: ConnectionStream,
  columns: () => Promise<readonly TableColumn[]>,
): HeldRows {
  const relation = relationOf(ends.dialect, stream.schema, stream.table)
  return {
    async hasValues(name) {
      const { rows } = await ends.tables.query(`select count(${ends.dialect.quote(name)}) as n from ${relation}`)
      return Number(rows[0]?.[0]) > 0
    },
    // They are left out when the rows are published, where both are values of the engine's.
    at: async () => undefined,
    ofKeys: async (wanted) => fetchRows(ends, stream, await columns(), wanted),
  }
}

/** Of one statement, which is a text. */
const rowsAtOnce = 1000

/** Brings the keys to the warehouse, and the rows that it has of them back, as texts. */
async function fetchRows(
  { staging, tables, dialect }: Ends,
  { schema, table }: ConnectionStream,
  columns: readonly TableColumn[],
  { keys, query, column }: WantedKeys,
): Promise<FoundRows> {
  const found = temporaryRelation(`_airbyte_held_${randomUUID().slice(0, 8)}`)
  const ownColumn = (name: string) => columns.find((one) => isSameName(one.name, name)) as TableColumn
  const read = [...keys.map(({ name }) => name), column].map(ownColumn)
  await staging.query(
    `create temp table ${found} (${read.map(({ name, type }) => `${quoteIdentifier(name)} ${type}`).join(', ')})`,
  )
  const source = {
    columns: keys,
    value: ({ name }: TableColumn) => quoteIdentifier(name),
    meta: new Map<string, string>(),
    from: `from (${query})`,
  }
  const asked = await loadStaged(staging, tables, dialect, {
    source,
    plan: planColumns([], keys),
    syncId: 0,
    schema,
  })
  const match = keys.map(({ name }) => `t.${dialect.quote(ownColumn(name).name)} = k.${dialect.quote(name)}`)
  const text = { name: '', type: 'VARCHAR', kind: 'text' } as const
  const selected = read.map((one, i) => `${dialect.converted(`t.${dialect.quote(one.name)}`, one, text)} as c${i}`)
  const { rows } = await tables.query(
    `select ${selected.join(', ')} from ${relationOf(dialect, schema, table)} t join ${asked.relation} k on ${match.join(' and ')}`,
  )
  await asked.drop()
  const names = read.map((_, i) => `c${i}`)
  const values = read.map(({ kind, type }, i) => (kind === 'binary' ? `unhex(c${i})` : `cast(c${i} as ${type})`))
  for (let at = 0; at < rows.length; at += rowsAtOnce) {
    const tuples = rows
      .slice(at, at + rowsAtOnce)
      .map((row) => `(${row.map((cell) => (cell === null ? 'null::varchar' : quoteLiteral(String(cell)))).join(', ')})`)
    await staging.query(
      `insert into ${found} select ${values.join(', ')} from (values ${tuples.join(', ')}) v(${names.join(', ')})`,
    )
  }
  return {
    relation: found,
    async drop() {
      await staging.query(`drop table ${found}`)
    },
  }
}
