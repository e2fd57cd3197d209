import { randomUUID } from 'node:crypto'
import { quoteIdentifier } from '../../../sql/index.js'
import type { ConnectionStream } from '../../contract.js'
import type { ExistingRows, FoundRows, WantedKeys } from '../../loading/request/load-request.js'
import { columnNamed, planColumns, type TableColumn } from '../../loading/rows/table-shape.js'
import { temporaryRelation } from '../../loading/stage/staged.js'
import { bringRows } from '../bring-rows.js'
import type { LoadConnections } from './load-connections.js'
import { relationOf } from './load-dialect.js'
import { loadStaged } from './load-staged.js'

/** @param columns of the stream's table, in the types of DuckDB */
export function existingRows(
  connections: LoadConnections,
  stream: ConnectionStream,
  columns: () => Promise<readonly TableColumn[]>,
): ExistingRows {
  const relation = relationOf(connections.dialect, stream.schema, stream.table)
  return {
    async hasValues(name) {
      const { rows } = await connections.tables.query(
        `select count(${connections.dialect.quote(name)}) as n from ${relation}`,
      )
      return Number(rows[0]?.[0]) > 0
    },
    // They are left out when the rows are published, where both are values of the engine's.
    at: async () => undefined,
    ofKeys: async (wanted) => fetchRows(connections, stream, await columns(), wanted),
  }
}

/** Brings the keys to the warehouse, and the rows that it has of them back, as texts. */
async function fetchRows(
  { staging, tables, dialect }: LoadConnections,
  { schema, table }: ConnectionStream,
  columns: readonly TableColumn[],
  { keys, query, column }: WantedKeys,
): Promise<FoundRows> {
  const found = temporaryRelation(`_airbyte_existing_${randomUUID().slice(0, 8)}`)
  const ownColumn = (name: string) => columnNamed(columns, name) as TableColumn
  const read = [...keys.map(({ name }) => name), column].map(ownColumn)
  await staging.query(
    `create temp table ${found} (${read.map(({ name, type }) => `${quoteIdentifier(name)} ${type}`).join(', ')})`,
  )
  const drop = async () => {
    await staging.query(`drop table ${found}`)
  }
  const source = {
    columns: keys,
    value: ({ name }: TableColumn) => quoteIdentifier(name),
    meta: new Map<string, string>(),
    from: `from (${query})`,
  }
  const match = keys.map(({ name }) => `t.${dialect.quote(ownColumn(name).name)} = k.${dialect.quote(name)}`)
  const text = { name: '', type: 'VARCHAR', kind: 'text' } as const
  const selected = read.map((one, i) => `${dialect.converted(`t.${dialect.quote(one.name)}`, one, text)} as c${i}`)
  const values = read.map(({ kind, type }, i) => (kind === 'binary' ? `unhex(c${i})` : `cast(c${i} as ${type})`))
  try {
    const asked = await loadStaged(staging, tables, dialect, { source, plan: planColumns([], keys), syncId: 0, schema })
    try {
      const sql = `select ${selected.join(', ')} from ${relationOf(dialect, schema, table)} t join ${asked.relation} k on ${match.join(' and ')}`
      await bringRows(tables, sql, staging, { into: found, values })
    } finally {
      await asked.drop().catch(() => {})
    }
  } catch (error) {
    await drop().catch(() => {})
    throw error
  }
  return { relation: found, drop }
}
