import { randomUUID } from 'node:crypto'
import { quoteIdentifier, quoteLiteral } from '../../../sql/index.js'
import type { WarehouseConnection } from '../../../warehouse/index.js'
import { finalRelation, keyNames, type LoadRequest, quoteRelation } from '../../loading/request/load-request.js'
import { columnNamed, type TableColumn } from '../../loading/rows/table-shape.js'
import { postgresType } from './types.js'

/** `pg_class.relkind` of what has the name of the stream's table. */
export async function relationKind(tables: WarehouseConnection, request: LoadRequest): Promise<string | undefined> {
  const { rows } = await tables.query(`select relkind from pg_class where oid = to_regclass(${named(request)})`)
  return rows[0]?.[0] as string | undefined
}

export async function hasDependents(tables: WarehouseConnection, request: LoadRequest): Promise<boolean> {
  const { rows } = await tables.query(
    `select exists (select 1 from pg_depend d where d.refobjid = to_regclass(${named(request)}) and d.classid = 'pg_rewrite'::regclass)`,
  )
  return rows[0]?.[0] === true
}

/** Whether the old table can go. From then on nobody makes a view on it: a long copy leaves others the time to. */
export async function canGo(
  tables: WarehouseConnection,
  request: LoadRequest,
  kind: string | undefined,
): Promise<boolean> {
  if (kind !== 'r') return true
  // Not locked where it stays: who reads meanwhile would have to wait.
  if (await hasDependents(tables, request)) return false
  await tables.query(`lock table ${finalRelation(request)} in access exclusive mode`)
  return !(await hasDependents(tables, request))
}

const named = (request: LoadRequest) => quoteLiteral(finalRelation(request))

/** Makes a new table beside the one of the stream. @returns its name as SQL has it */
export async function createTable(
  tables: WarehouseConnection,
  { warehouse, stream }: LoadRequest,
  columns: readonly TableColumn[],
): Promise<string> {
  const relation = quoteRelation(warehouse, stream.schema, `_airbyte_tmp_${randomUUID().slice(0, 8)}`)
  await tables.query(`create table ${relation} (${columns.map(definition).join(', ')})`)
  return relation
}

export const definition = (column: TableColumn) => `${quoteIdentifier(column.name)} ${postgresType(column)}`

interface NewTable {
  /** As SQL has it. */
  readonly relation: string
  readonly columns: readonly TableColumn[]
  /** `pg_class.relkind` of what is replaced. */
  readonly kind: string | undefined
}

/** Gives a new table the name of the old one, which goes. */
export async function takePlace(
  tables: WarehouseConnection,
  request: LoadRequest,
  { relation, kind, columns }: NewTable,
): Promise<void> {
  const { stream } = request
  const dropped = kind === undefined ? undefined : dropWords[kind]
  if (dropped) await tables.query(`drop ${dropped} ${finalRelation(request)}`)
  await tables.query(`alter table ${relation} rename to ${quoteIdentifier(stream.table)}`)
  // Later syncs look for the rows of their keys.
  if (!stream.destinationSyncMode.endsWith('dedup')) return
  const keys = keyNames(stream).map((key) => columnNamed(columns, key)?.name ?? key)
  await tables.query(`create index on ${finalRelation(request)} (${keys.map(quoteIdentifier).join(', ')})`)
}

const dropWords: Readonly<Record<string, string>> = { r: 'table', p: 'table', v: 'view', m: 'materialized view' }
