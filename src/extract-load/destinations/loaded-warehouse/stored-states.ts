import {
  type Cell,
  rowObjects,
  type Warehouse,
  type WarehouseConnection,
  withConnection,
} from '../../../warehouse/index.js'
import { type CommittedState, committedState, type StateRow } from '../../loading/state/state-rows.js'
import { type DeferredStatement, type LoadDialect, relationOf } from './load-dialect.js'

/** The states of connections, beside the data: the same columns as elsewhere, as texts. */
const schema = '_millrace'
const table = 'stream_state'
const texts = ['state', 'mode', 'accepted', 'names', 'cleared', 'reach', 'updated_at'] as const
const integers = ['generation_id', 'sync_id'] as const
const columns = ['connection', 'stream', ...integers, ...texts] as const

const placeOf = (dialect: LoadDialect) => relationOf(dialect, schema, table)

/** Makes the table of states, and schemas. */
export async function prepareStored(
  warehouse: Warehouse,
  dialect: LoadDialect,
  schemas: readonly string[],
): Promise<void> {
  const there = new Set((await warehouse.listSchemas()).map((name) => dialect.nameOf(name).toLowerCase()))
  const missing = [...new Set([schema, ...schemas])].filter((name) => !there.has(name.toLowerCase()))
  const isThere = !missing.includes(schema) && (await storedColumns(warehouse, dialect)).length > 0
  if (missing.length === 0 && isThere) return
  await withConnection(warehouse, async (connection) => {
    for (const name of missing) await connection.query(`create schema if not exists ${dialect.quote(name)}`)
    if (isThere) return
    const typed = columns.map((name) => ({ name, type: typeOf(dialect, name) }))
    await connection.query(dialect.stateTable(placeOf(dialect), typed))
    const { sql, params } = added(dialect, turn, {
      ...{ stream: '', state: null, mode: null, accepted: null, names: null, generation_id: 0, sync_id: 0 },
      updated_at: new Date(0).toISOString(),
    })
    await connection.query(sql, { params })
  })
}

const storedColumns = (warehouse: Warehouse, { storedName }: LoadDialect) =>
  warehouse.columns({ schema: storedName(schema), identifier: storedName(table) })

/** All that is kept of a connection; nothing where no sync ever was. */
export async function readStored(
  connection: WarehouseConnection,
  dialect: LoadDialect,
  name: string,
): Promise<readonly StateRow[]> {
  const result = await connection.query(
    `select ${columns.map(dialect.quote).join(', ')} from ${placeOf(dialect)} where ${dialect.quote('connection')} = ${dialect.parameter(1)}`,
    { params: [name] },
  )
  return rowObjects(result).map((raw) => {
    const row = Object.fromEntries(Object.entries(raw).map(([key, cell]) => [dialect.nameOf(key), cell]))
    const text = (key: string) => (row[key] === null || row[key] === undefined ? null : String(row[key]))
    return {
      stream: text('stream') ?? '',
      ...{ state: text('state'), mode: text('mode'), accepted: text('accepted'), names: text('names') },
      ...{ cleared: text('cleared'), reach: text('reach') },
      ...{ generation_id: Number(row.generation_id), sync_id: Number(row.sync_id) },
      updated_at: text('updated_at') ?? new Date(0).toISOString(),
    }
  })
}

/** The same for people to look at. */
export async function storedStates(
  warehouse: Warehouse,
  dialect: LoadDialect,
  name: string,
): Promise<readonly CommittedState[]> {
  if ((await storedColumns(warehouse, dialect)).length === 0) return []
  const rows = await withConnection(warehouse, (connection) => readStored(connection, dialect, name))
  return [...rows].sort((a, b) => (a.stream < b.stream ? -1 : 1)).map(committedState)
}

/** Lets the next sync take the fields of these streams as they are then. */
export async function forgetStored(
  warehouse: Warehouse,
  dialect: LoadDialect,
  name: string,
  streams: readonly string[],
): Promise<void> {
  const { quote, parameter } = dialect
  const where = `${quote('connection')} = ${parameter(1)} and ${quote('stream')} = ${parameter(2)}`
  await withConnection(warehouse, async (connection) => {
    for (const stream of streams)
      await connection.query(`update ${placeOf(dialect)} set ${quote('accepted')} = null where ${where}`, {
        params: [name, stream],
      })
  })
}

/**
 * What brings the states of the warehouse from those of before to those of after: each only where it still is what was read, so that of two
 * syncs of a connection one commits.
 */
export function stateChanges(
  dialect: LoadDialect,
  name: string,
  before: readonly StateRow[],
  after: readonly StateRow[],
): DeferredStatement[] {
  const known = new Map(before.map((row) => [row.stream, row]))
  const left = new Set(after.map(({ stream }) => stream))
  const differing = after.filter((row) => JSON.stringify(known.get(row.stream)) !== JSON.stringify(row))
  const statements = differing.map((row) => {
    const former = known.get(row.stream)
    return former === undefined ? added(dialect, name, row) : changed(dialect, name, row, former)
  })
  const isAdding = differing.some(({ stream }) => !known.has(stream))
  return [
    ...(isAdding ? [turnTaken(dialect)] : []),
    ...statements,
    ...before.filter(({ stream }) => !left.has(stream)).map(({ stream }) => removed(dialect, name, stream)),
  ]
}

/** A value of a column as SQL; what is none is sent as no parameter, whose type nobody would know. */
function written(dialect: LoadDialect, column: string, cell: Cell, params: Cell[]): string {
  const type = typeOf(dialect, column)
  if (cell === null) return `cast(null as ${type})`
  params.push(cell)
  return `cast(${dialect.parameter(params.length)} as ${type})`
}

const typeOf = (dialect: LoadDialect, column: string) =>
  (integers as readonly string[]).includes(column) ? dialect.integerType : dialect.textType

/** Of a connection and a stream, the first parameters. */
const keyCondition = ({ quote, parameter }: LoadDialect) =>
  `${quote('connection')} = ${parameter(1)} and ${quote('stream')} = ${parameter(2)}`

/** A state that was not there. */
function added(dialect: LoadDialect, name: string, row: StateRow): DeferredStatement {
  const { quote, parameter } = dialect
  const params: Cell[] = []
  const cells: Readonly<Record<string, Cell | undefined>> = { connection: name, ...row }
  const values = columns.map(
    (column) => `${written(dialect, column, cells[column] ?? null, params)} as ${quote(column)}`,
  )
  params.push(name, row.stream)
  const [connection, stream] = [parameter(params.length - 1), parameter(params.length)]
  const key = [name, row.stream]
  return {
    holds: { sql: `not exists (select 1 from ${placeOf(dialect)} where ${keyCondition(dialect)})`, params: key },
    sql: `insert into ${placeOf(dialect)} (${columns.map(quote).join(', ')}) select s.* from (select ${values.join(', ')}) s where not exists (select 1 from ${placeOf(dialect)} h where h.${quote('connection')} = ${connection} and h.${quote('stream')} = ${stream})`,
    params,
    mustChange: true,
  }
}

/** A state that is still the one that was read. What did not change is not written again: fields of wide tables are long texts. */
function changed(dialect: LoadDialect, name: string, row: StateRow, former: StateRow): DeferredStatement {
  const { quote, parameter } = dialect
  const params: Cell[] = []
  const cells: Readonly<Record<string, Cell | undefined>> = { ...row }
  const read: Readonly<Record<string, Cell | undefined>> = { ...former }
  const sets = columns
    .slice(2)
    .filter((column) => (cells[column] ?? null) !== (read[column] ?? null))
    .map((column) => `${quote(column)} = ${written(dialect, column, cells[column] ?? null, params)}`)
  params.push(name, row.stream)
  const [connection, stream] = [parameter(params.length - 1), parameter(params.length)]
  const isRead = `${keyCondition(dialect)} and ${quote('sync_id')} = ${former.sync_id}`
  return {
    holds: { sql: `exists (select 1 from ${placeOf(dialect)} where ${isRead})`, params: [name, row.stream] },
    sql: `update ${placeOf(dialect)} set ${sets.join(', ')} where ${quote('connection')} = ${connection} and ${quote('stream')} = ${stream} and ${quote('sync_id')} = ${former.sync_id}`,
    params,
    mustChange: true,
  }
}

/** A row of nobody's: who adds a state changes it first, so that of two who add the same one the second waits, and finds it there. */
const turn = ''

const turnTaken = (dialect: LoadDialect): DeferredStatement => ({
  sql: `update ${placeOf(dialect)} set ${dialect.quote('sync_id')} = ${dialect.quote('sync_id')} + 1 where ${dialect.quote('connection')} = ${dialect.literal(turn)}`,
})

const removed = (dialect: LoadDialect, name: string, stream: string): DeferredStatement => ({
  sql: `delete from ${placeOf(dialect)} where ${dialect.quote('connection')} = ${dialect.parameter(1)} and ${dialect.quote('stream')} = ${dialect.parameter(2)}`,
  params: [name, stream],
})
