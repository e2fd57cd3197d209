import { quoteIdentifier, quoteLiteral } from '../../sql/index.js'
import type { WarehouseConnection } from '../../warehouse/index.js'
import type { RecordBatch } from '../connectors/connector.js'
import { isSameName } from '../fields/same-name.js'
import { jsonPointer } from '../file-formats/json-parts.js'
import { sqlPath } from '../file-formats/sql-path.js'
import { isExactDouble, withEra } from '../file-formats/text-types.js'
import type { AirbyteType, DeclaredColumn } from '../protocol/declared-types.js'
import { changesOf, isNulled, metaWithNotes } from './change-notes.js'
import { decimalOf } from './decimal-of.js'
import { deletedAt } from './drop-deleted.js'
import type { LoadRequest } from './load-request.js'
import { keepsRow, mapperMisfit } from './map-values.js'
import { metaValues, type Staged, type Staging } from './staged.js'
import { metaColumns, type TableColumn } from './table-shape.js'

/** How a declared type is kept while records come in, and read from its text. */
interface StagedType {
  readonly type: string
  readonly kind: TableColumn['kind']
  /** SQL: the value, or NULL where the text is none of the type. */
  read(text: string): string
}

const tried = (type: string, kind: TableColumn['kind'], of = (text: string) => text): StagedType => ({
  type,
  kind,
  read: (text) => `try_cast(${of(text)} as ${type})`,
})

const text: StagedType = { type: 'VARCHAR', kind: 'text', read: (value) => value }
const hasZone = (value: string) =>
  `(length(${value}) > 10 and regexp_matches(${value}, '([+-][0-9]{2}(:?[0-9]{2})?|Z)( BC)?$'))`

const stagedTypes: Readonly<Record<AirbyteType, StagedType>> = {
  string: text,
  boolean: {
    type: 'BOOLEAN',
    kind: 'boolean',
    read: (value) => `case lower(${value}) when 'true' then true when 'false' then false end`,
  },
  // Whole numbers have no end; which type holds those that came is settled before they are published.
  integer: {
    type: 'HUGEINT',
    kind: 'integer',
    // A cast would round what has a fraction.
    read: (value) =>
      `case when not contains(${value}, '.') or regexp_full_match(${value}, '[^.]*[.]0*') then try_cast(${value} as HUGEINT) end`,
  },
  number: {
    ...text,
    read: (value) =>
      `case when isfinite(try_cast(${value} as DOUBLE)) then ${value} when regexp_full_match(${value}, '-?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]+)?') then ${value} end`,
  },
  date: tried('DATE', 'date', withEra),
  time_without_timezone: tried('TIME', 'time'),
  time_with_timezone: text,
  timestamp_without_timezone: tried('TIMESTAMP', 'timestamp', withEra),
  timestamp_with_timezone: {
    type: 'TIMESTAMP WITH TIME ZONE',
    kind: 'timestamptz',
    // A time without a zone is one of UTC, whatever zone the session is in.
    read: (value) =>
      // The usual form first: what comes behind it is asked of the few others only.
      `case when ${value}[-1] = 'Z' then try_cast(${value} as TIMESTAMPTZ) when ${hasZone(value)} then try_cast(${withEra(value)} as TIMESTAMPTZ) else timezone('UTC', try_cast(${withEra(value)} as TIMESTAMP)) end`,
  },
  json: { type: 'JSON', kind: 'json', read: (value) => value },
}

/** What stands beside them are Millrace's own; sources of files name those of files themselves. */
const isKept = ({ name }: DeclaredColumn) => !metaColumns.some((own) => own.name === name.toLowerCase())

/** Lets the warehouse's JSON reader bring records into the staging table. */
export async function stageRecords(
  connection: WarehouseConnection,
  request: LoadRequest,
  staging: Staging,
  batch: RecordBatch,
): Promise<Staged> {
  const declared = batch.columns.filter(isKept)
  if (!staging.columns) await createStagedTable(connection, staging.relation, batch.columns)
  const columns = declared.map((column, i) => {
    const raw = isWide(declared) ? `v${i}` : textOf(column, batch.isPlain)
    return { column, raw, value: isWide(declared) && !isText(column) ? `t${i}` : stagedTypes[column.type].read(raw) }
  })
  const values = new Map([...metaValues(request), ['_airbyte_extracted_at', extractedAt(request)]])
  values.set('_airbyte_meta', metaOf(request, columns))
  const valueOfField = (field: string) => columns.find(({ column }) => isSameName(column.name, field))?.value
  const condition = keepsRow(request.stream, (field) => valueOfField(field) ?? 'null')
  // Of a row that is gone only the key is known; the table may have it.
  const gone = valueOfField(deletedAt)
  const passes = gone === undefined ? condition : `(${condition} or ${gone} is not null)`
  if (condition !== undefined) values.set(rowMark, `case when ${passes} then ${values.get(rowMark)} end`)
  const selected = [
    ...columns.map(({ column, value }) => `${column.map?.(value) ?? value} as ${quoteIdentifier(column.name)}`),
    ...[...values].map(([name, sql]) => `${sql} as ${name}`),
  ]
  await connection.query(
    `insert into ${staging.relation} by name select ${selected.join(', ')} from ${reader(batch, declared)}`,
    { signal: request.signal },
  )
  return { columns: stagedColumns(batch.columns), rows: batch.rows, rejected: 0 }
}

/** Which of the staged rows go on; those without one only keep their place, so that rows can be counted as they came. */
const rowMark = '_airbyte_raw_id'

/** Takes the rows out that the mappers of the stream do not let through. Answers how many. */
export async function dropFiltered(
  connection: WarehouseConnection,
  { stream }: LoadRequest,
  { relation }: Staging,
): Promise<number> {
  if (!stream.mappers?.some(({ type }) => type === 'row-filtering')) return 0
  return (await connection.query(`delete from ${relation} where ${rowMark} is null`)).rowsAffected ?? 0
}

/** The columns of a table in which records are staged, without Airbyte's. */
export const stagedColumns = (declared: readonly DeclaredColumn[]): readonly TableColumn[] =>
  declared.filter(isKept).map(stagedColumn)

function stagedColumn({ name, type, map }: DeclaredColumn): TableColumn {
  const { type: stored, kind } = stagedTypes[map ? 'string' : type]
  return { name, type: stored, kind }
}

export async function createStagedTable(
  connection: WarehouseConnection,
  relation: string,
  declared: readonly DeclaredColumn[],
): Promise<void> {
  const columns = [...stagedColumns(declared), ...metaColumns].map(
    ({ name, type }) => `${quoteIdentifier(name)} ${type}`,
  )
  await connection.query(`create table if not exists ${relation} (${columns.join(', ')})`)
}

/** Whether values are taken out of the records, and read, before anything else names them. It costs narrow records a tenth of their time. */
const isWide = (columns: readonly DeclaredColumn[]) => columns.length > 64

/** Whether a column is loaded as the text that it has in the file. */
const isText = ({ type }: DeclaredColumn) => type === 'json' || stagedTypes[type] === text

/** What a field is called in the file. */
const memberOf = ({ key, name }: DeclaredColumn, isPlain: boolean) => (isPlain ? name : key)

/** SQL: the text of a column, where the members of a record are at hand. */
function textOf(column: DeclaredColumn, isPlain: boolean): string {
  if (isPlain && column.type === 'json') return `exact.${quoteIdentifier(column.name)}::json`
  const own = `data.${quoteIdentifier(memberOf(column, isPlain))}`
  // Written plainly, what lies in a value has a member of its own.
  return column.inside && !isPlain ? `json_extract_string(${own}, ${quoteLiteral(jsonPointer(column.inside))})` : own
}

/**
 * The records of the file. Wide ones have the text of each column as `v0`, `v1`, …, and in its type, where that is another one, as `t0`, …:
 * DuckDB would take the record apart in every place that names a value, and needs a minute for 1 500 of them.
 */
function reader(batch: RecordBatch, declared: readonly DeclaredColumn[]): string {
  const { isPlain, path, longestBytes } = batch
  const read = declared.filter(({ inside }) => !inside || isPlain)
  const struct = (columns: readonly DeclaredColumn[], typeOf: (column: DeclaredColumn) => string) =>
    `STRUCT(${columns.map((column) => `${quoteIdentifier(memberOf(column, isPlain))} ${typeOf(column)}`).join(', ')})`
  const json = read.filter(({ type }) => type === 'json')
  const members = new Map([
    ...(read.length > 0 ? [['data', struct(read, ({ type }) => (type === 'json' ? 'JSON' : 'VARCHAR'))] as const] : []),
    ...(isPlain && json.length > 0 ? [['exact', struct(json, () => 'VARCHAR')] as const] : []),
    ['emitted_at', 'BIGINT'],
    ['meta', 'JSON'],
  ])
  const type = quoteLiteral(`STRUCT(${[...members].map(([name, of]) => `${name} ${of}`).join(', ')})`)
  const records = `read_json(${sqlPath(path)}, format = 'newline_delimited', columns = {record: ${type}}, maximum_object_size = ${Math.max(leastObjectBytes, longestBytes + 1)})`
  const parts = [...members.keys()].map((name) => `record.${name} as ${name}`)
  const whole = `(select ${parts.join(', ')} from ${records})`
  if (!isWide(declared)) return whole
  const texts = declared.map((column, i) => `${textOf(column, isPlain)} as v${i}`)
  const values = declared.flatMap((column, i) =>
    isText(column) ? [] : [`${stagedTypes[column.type].read(`v${i}`)} as t${i}`],
  )
  const flat = `(select ${[...texts, 'emitted_at', 'meta'].join(', ')} from ${whole})`
  return values.length === 0 ? flat : `(select *, ${values.join(', ')} from ${flat})`
}

/** DuckDB's usual one. */
const leastObjectBytes = 16 * 1024 * 1024

/** What is no time of ours is none: of the years 1 to 9999. */
const extractedAt = (request: LoadRequest) =>
  `case when emitted_at between -62135596800000 and 253402300799999 then make_timestamptz(emitted_at * 1000) else ${metaValues(request).get('_airbyte_extracted_at')} end`

/** What the source says that it changed, and what has no place in its column. */
function metaOf(
  request: LoadRequest,
  columns: readonly { readonly column: DeclaredColumn; readonly raw: string; readonly value: string }[],
): string {
  const typed = columns.filter(({ column }) => !isText(column))
  const ofTypes = typed.map(({ column, raw, value }) => ({ field: column.name, isMisfit: isNulled(raw, value) }))
  const ofMappers = columns.flatMap(({ column, value }) => mapperMisfit(request.stream, column.name, value) ?? [])
  const misfits = [...ofTypes, ...ofMappers]
  const isUsual = [
    'meta is null',
    ...typed.map(({ raw, value }) => `(${raw} is null or ${value} is not null)`),
    ...ofMappers.map(({ isMisfit }) => `not ${isMisfit}`),
  ].join(' and ')
  const usual = metaValues(request).get('_airbyte_meta')
  const noted = metaWithNotes(`coalesce(${changesOf('meta')}, [])`, misfits, request.previous.syncId + 1)
  return `case when ${isUsual} then ${usual} else ${noted} end`
}

/**
 * Gives the numbers of a staged stream the types that hold them all: BIGINT for whole ones where it can, DOUBLE for others, a decimal
 * where a DOUBLE would round, and text for what is longer than any of them.
 */
export async function settleNumbers(
  connection: WarehouseConnection,
  { relation, columns = [] }: Staging,
  declared: readonly DeclaredColumn[],
): Promise<readonly TableColumn[]> {
  const types = new Map(declared.map(({ name, type, map }) => [name, map ? 'string' : type]))
  const settled: TableColumn[] = []
  for (const column of columns) {
    const type = types.get(column.name)
    // One that was made ready before, for a commit that failed, has its type.
    const isOpen = type !== undefined && column.type === stagedTypes[type].type
    const becomes = !isOpen
      ? undefined
      : type === 'integer'
        ? await integerType(connection, relation, quoteIdentifier(column.name))
        : type === 'number'
          ? await numberType(connection, relation, quoteIdentifier(column.name))
          : undefined
    if (becomes && becomes.type !== column.type)
      await connection.query(`alter table ${relation} alter ${quoteIdentifier(column.name)} type ${becomes.type}`)
    settled.push({ ...column, ...becomes })
  }
  return settled
}

/** Whether the type of a staged column is settled only when it is published: of whole numbers, and of numbers, which are text so long. */
export const isSettled = ({ type }: TableColumn) => type === 'HUGEINT' || type === 'VARCHAR'

type Settled = Pick<TableColumn, 'type' | 'kind' | 'isEmpty'>

async function integerType(connection: WarehouseConnection, relation: string, name: string): Promise<Settled> {
  const { rows } = await connection.query(
    `select coalesce(bool_and(${name} between -9223372036854775808 and 9223372036854775807), true) from ${relation}`,
  )
  return { type: rows[0]?.[0] === false ? 'HUGEINT' : 'BIGINT', kind: 'integer' }
}

async function numberType(connection: WarehouseConnection, relation: string, name: string): Promise<Settled> {
  const { rows } = await connection.query(
    `select coalesce(bool_and(${isExactDouble(name, `try_cast(${name} as DOUBLE)`)}), true) from ${relation} where ${name} is not null`,
  )
  if (rows[0]?.[0] !== false) return { type: 'DOUBLE', kind: 'float' }
  return (await decimalOf(connection, relation, name)) ?? { type: 'VARCHAR', kind: 'text' }
}
