import { randomUUID } from 'node:crypto'
import { quoteIdentifier } from '../../../sql/index.js'
import type { WarehouseConnection } from '../../../warehouse/index.js'
import type { ExistingRows, FoundRows, WantedKeys } from '../../loading/request/load-request.js'
import { hasValues } from '../../loading/rows/counts.js'
import { columnNamed, planColumns, type TableColumn } from '../../loading/rows/table-shape.js'
import { temporaryRelation } from '../../loading/stage/staged.js'
import { fromPostgresText } from '../../table-source/postgres-text.js'
import { bringRows } from '../bring-rows.js'
import { copyStaged } from './copy-staged.js'
import { postgresType } from './types.js'

interface Connections {
  readonly staging: WarehouseConnection
  readonly tables: WarehouseConnection
}

/** @param relation the stream's table as SQL has it @param columns of it, in the types of DuckDB */
export function existingRows(
  connections: Connections,
  relation: string,
  columns: () => Promise<readonly TableColumn[]>,
): ExistingRows {
  return {
    hasValues: (name) => hasValues(connections.tables, relation, name),
    // They are left out when the rows are published, where both are values of PostgreSQL's.
    at: async () => undefined,
    ofKeys: async (wanted) => fetchRows(connections, relation, await columns(), wanted),
  }
}

/** Sends the keys to the server, and brings the rows that it has of them. */
async function fetchRows(
  { staging, tables }: Connections,
  relation: string,
  columns: readonly TableColumn[],
  { keys, query, column }: WantedKeys,
): Promise<FoundRows> {
  const id = randomUUID().slice(0, 8)
  const asked = quoteIdentifier(`_airbyte_keys_${id}`)
  const found = temporaryRelation(`_airbyte_existing_${id}`)
  // By the names that the table has for them, which it may have from before their case changed.
  const ownColumn = (name: string) => columnNamed(columns, name) as TableColumn
  const read = [...keys.map(({ name }) => name), column].map(ownColumn)
  const definitions = (of: readonly TableColumn[], typeOf: (column: TableColumn) => string) =>
    of.map((one) => `${quoteIdentifier(one.name)} ${typeOf(one)}`).join(', ')
  await staging.query(`create temp table ${found} (${definitions(read, ({ type }) => type)})`)
  const drop = async () => {
    await staging.query(`drop table ${found}`)
  }
  const plan = planColumns([], keys)
  const source = {
    columns: keys,
    value: ({ name }: TableColumn) => quoteIdentifier(name),
    meta: new Map<string, string>(),
    from: `from (${query})`,
  }
  const match = keys
    .map(({ name }) => `t.${quoteIdentifier(ownColumn(name).name)} = k.${quoteIdentifier(name)}`)
    .join(' and ')
  const selected = read.map(({ name }) => `t.${quoteIdentifier(name)}::text`).join(', ')
  const values = read.map(({ kind, type }, i) => fromPostgresText(kind, type)?.(`c${i}`) ?? `c${i}`)
  try {
    await tables.query(`create temporary table ${asked} (${definitions(keys, postgresType)})`)
    try {
      await copyStaged(staging, tables, { source, plan, syncId: 0, target: asked })
      const sql = `select ${selected} from ${relation} t join ${asked} k on ${match}`
      await bringRows(tables, sql, staging, { into: found, values })
    } finally {
      // Where the transaction failed nothing can be dropped, and it goes with it.
      await tables.query(`drop table ${asked}`).catch(() => {})
    }
  } catch (error) {
    await drop().catch(() => {})
    throw error
  }
  return { relation: found, drop }
}
