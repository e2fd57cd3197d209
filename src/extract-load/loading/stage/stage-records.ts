import { throwIfAborted } from '../../../base/index.js'
import { quoteIdentifier } from '../../../sql/index.js'
import { appending, inTransaction, type WarehouseConnection } from '../../../warehouse/index.js'
import type { RecordBatch } from '../../connectors/connector.js'
import { extractLoadErrors } from '../../errors.js'
import { isSameName } from '../../fields/same-name.js'
import { hasZone, isExactDouble, readTime, withEra } from '../../file-formats/text-types.js'
import type { AirbyteType, DeclaredColumn } from '../../protocol/declared-types.js'
import type { LoadRequest } from '../request/load-request.js'
import { changesOf, isNulled, metaWithNotes } from '../rows/change-notes.js'
import { declaredTypes, type TypedColumn } from '../rows/column-types.js'
import { decimalOf } from '../rows/decimal-of.js'
import { keepsRow, mapperMisfit } from '../rows/map-values.js'
import { keptColumns } from '../rows/record-buffer.js'
import { metaColumns, type TableColumn } from '../rows/table-shape.js'
import { deletedAt } from './drop-deleted.js'
import { metaValues, type Staged, type Staging } from './staged.js'

/** How a declared type is kept while records come in, and read from its text. */
interface StagedType extends TypedColumn {
  /** SQL: the value, or NULL where the text is none of the type. */
  read(text: string): string
}

const tried = (column: TypedColumn, of = (text: string) => text): StagedType => ({
  ...column,
  read: (text) => `try_cast(${of(text)} as ${column.type})`,
})

/** A cast would round what has a fraction. Exponents, which Java writes from ten million on, are rare: what they need is asked of no other text. */
const wholeNumbers = (type: string): StagedType => ({
  type,
  kind: 'integer',
  read: (value) => {
    const [double, decimal] = [`try_cast(${value} as DOUBLE)`, `try_cast(${value} as DECIMAL(38, 10))`]
    const ofExponent = `case when regexp_full_match(${value}, '[-+]?[0-9]+[eE][+]?[0-9]+') then try_cast(${value} as ${type}) when ${double} = trunc(${double}) and ${decimal} = trunc(${decimal}) then try_cast(${decimal} as ${type}) end`
    return `case when contains(${value}, 'e') or contains(${value}, 'E') then ${ofExponent} when not contains(${value}, '.') or regexp_full_match(${value}, '[^.]*[.]0*') then try_cast(${value} as ${type}) end`
  },
})
/** Whole numbers have no end: a column takes longer ones from the batch on that has some, where a BIGINT holds no more. */
const longNumbers = wholeNumbers('HUGEINT')

const text: StagedType = { ...declaredTypes.string, read: (value) => value }

const stagedTypes: Readonly<Record<AirbyteType, StagedType>> = {
  string: text,
  boolean: {
    ...declaredTypes.boolean,
    read: (value) => `case lower(${value}) when 'true' then true when 'false' then false end`,
  },
  integer: wholeNumbers(declaredTypes.integer.type),
  number: {
    ...text,
    read: (value) =>
      `case when isfinite(try_cast(${value} as DOUBLE)) then ${value} when regexp_full_match(${value}, '-?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]+)?') then ${value} end`,
  },
  date: tried(declaredTypes.date, withEra),
  time_without_timezone: tried(declaredTypes.time_without_timezone),
  time_with_timezone: text,
  timestamp_without_timezone: {
    ...declaredTypes.timestamp_without_timezone,
    read: (value) => readTime(withEra(value), 'TIMESTAMP'),
  },
  timestamp_with_timezone: {
    ...declaredTypes.timestamp_with_timezone,
    // A time without a zone is one of UTC, whatever zone the session is in.
    read: (value) =>
      // The usual form first: what comes behind it is asked of the few others only.
      `case when ${value}[-1] = 'Z' then ${readTime(value, 'TIMESTAMPTZ')} when ${hasZone(value)} then ${readTime(withEra(value), 'TIMESTAMPTZ')} else timezone('UTC', try_cast(${withEra(value)} as TIMESTAMP)) end`,
  },
  json: { ...declaredTypes.json, read: (value) => value },
}

/** Brings records into the staging table. @throws SOURCE_PROTOCOL_BROKEN */
export async function stageRecords(
  connection: WarehouseConnection,
  request: LoadRequest,
  staging: Staging,
  { columns: declared, chunks, longIntegers, rows }: RecordBatch,
): Promise<Staged> {
  if (!staging.columns) await createStagedTable(connection, staging.relation, declared)
  const staged = await widened(connection, staging, declared, longIntegers)
  const typeOf = (column: DeclaredColumn) =>
    column.type === 'integer' && (column.map || isLong(staged, column.name)) ? longNumbers : stagedTypes[column.type]
  const isWide = declared.length > mostNarrow
  const columns = declared.map((column, i) => {
    const raw = column.type === 'json' ? `c${i}::json` : `c${i}`
    return { column, raw, value: isWide && !isText(column) ? `t${i}` : typeOf(column).read(raw) }
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
  // What is read of a text has a name of its own where there are many: every place that has it would read it again.
  const read = declared.flatMap((column, i) =>
    isWide && !isText(column) ? [`${typeOf(column).read(`c${i}`)} as t${i}`] : [],
  )
  const select = (source: string) => {
    const own = [`try_cast(c${declared.length} as bigint) as emitted_at`, `c${declared.length + 1}::json as meta`]
    return `select ${selected.join(', ')} from (select ${['*', ...own, ...read].join(', ')} from ${source})`
  }
  try {
    await inTransaction(connection, () =>
      appending(
        connection,
        staging.name,
        async (appender) => {
          for (const chunk of chunks) {
            throwIfAborted(request.signal)
            await appender.append(chunk)
          }
        },
        { texts: { columns: declared.length + 2, select } },
      ),
    )
  } catch (error) {
    throw isMalformed(error) ? malformed(request.stream.name, error) : error
  }
  return { columns: staged, rows, rejected: 0 }
}

const isLong = (columns: readonly TableColumn[], name: string) =>
  columns.some((column) => column.name === name && column.type === longNumbers.type)

/** Makes room for long integers. Those that mappers make texts of need none. @returns the columns of the table */
async function widened(
  connection: WarehouseConnection,
  { relation, columns }: Staging,
  declared: readonly DeclaredColumn[],
  longIntegers: readonly string[],
): Promise<readonly TableColumn[]> {
  const { type } = longNumbers
  const all: TableColumn[] = []
  for (const column of columns ?? stagedColumns(declared)) {
    const isTooShort = longIntegers.includes(column.name) && column.type === stagedTypes.integer.type
    if (isTooShort) await connection.query(`alter table ${relation} alter ${quoteIdentifier(column.name)} type ${type}`)
    all.push(isTooShort ? { ...column, type } : column)
  }
  return all
}

/** What DuckDB says of a nested value that is no JSON. */
const isMalformed = (error: unknown) => error instanceof Error && /malformed JSON/i.test(error.message)

/** What it is, DuckDB would say; it may be what a mapper would hash. */
const malformed = (stream: string, cause: unknown) =>
  extractLoadErrors.create('SOURCE_PROTOCOL_BROKEN', {
    message: `The connector wrote a record of the stream \`${stream}\` that cannot be read: a value in it is no JSON.`,
    hint: 'Nothing behind the last state was loaded. Ask who maintains the connector.',
    cause,
  })

/**
 * Which of the staged rows go on. Filtered rows stay staged with a NULL `_airbyte_raw_id`, because checkpoints count rowids. Nothing may
 * delete or renumber them before the commit.
 */
const rowMark = '_airbyte_raw_id'

const isFiltered = ({ stream }: Pick<LoadRequest, 'stream'>) =>
  stream.mappers?.some(({ type }) => type === 'row-filtering') ?? false

/** SQL: the staged rows that the mappers of the stream let through. */
export const passedRows = (request: LoadRequest, { relation }: Pick<Staging, 'relation'>): string =>
  isFiltered(request) ? `(select * from ${relation} where ${rowMark} is not null)` : relation

/** Takes the rows out that the mappers do not let through; part of the transaction that commits the others. Answers how many. */
export async function dropFiltered(
  connection: WarehouseConnection,
  request: LoadRequest,
  { relation }: Staging,
): Promise<number> {
  if (!isFiltered(request)) return 0
  return (await connection.query(`delete from ${relation} where ${rowMark} is null`)).rowsAffected ?? 0
}

/** The columns of a table in which records are staged, without Airbyte's. */
export const stagedColumns = (declared: readonly DeclaredColumn[]): readonly TableColumn[] =>
  keptColumns(declared).map(stagedColumn)

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

/** A query of more columns takes longer to plan than to run where it reads each text in several places; of fewer it costs a tenth of the time. */
const mostNarrow = 64

/** Whether a column is loaded as the text that it comes as. */
const isText = ({ type }: DeclaredColumn) => type === 'json' || stagedTypes[type] === text

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
 * Gives the numbers of a staged stream the types that hold all that go on: BIGINT for whole ones where it can, DOUBLE for others, a decimal
 * where a DOUBLE would round, and text for what is longer than any of them.
 */
export async function settleNumbers(
  connection: WarehouseConnection,
  request: LoadRequest,
  { relation, columns = [] }: Staging,
  declared: readonly DeclaredColumn[],
): Promise<readonly TableColumn[]> {
  const passed = passedRows(request, { relation })
  const types = new Map(declared.map(({ name, type, map }) => [name, map ? 'string' : type]))
  const settled: TableColumn[] = []
  for (const column of columns) {
    const type = types.get(column.name)
    const name = quoteIdentifier(column.name)
    let becomes: Settled | undefined
    if (type === 'integer' && column.type === longNumbers.type) becomes = await integerType(connection, passed, name)
    // One that was made ready before, for a commit that failed, has its type.
    else if (type === 'number' && column.type === text.type) becomes = await numberType(connection, passed, name)
    if (becomes && becomes.type !== column.type)
      // What does not fit is filtered.
      await connection.query(
        `alter table ${relation} alter ${name} type ${becomes.type} using try_cast(${name} as ${becomes.type})`,
      )
    settled.push({ ...column, ...becomes })
  }
  return settled
}

/**
 * A column of a table in which a load before this one staged records, as it can be gone on with; undefined where it is another one than is wanted.
 * @param type that it has there
 */
export async function takenUp(
  connection: WarehouseConnection,
  relation: string,
  column: TableColumn,
  type: string | undefined,
): Promise<TableColumn | undefined> {
  if (type === column.type) return column
  if (type === longNumbers.type && column.type === stagedTypes.integer.type) return { ...column, type }
  // Numbers are texts until they are published.
  if (column.type !== text.type) return undefined
  await connection.query(`alter table ${relation} alter ${quoteIdentifier(column.name)} type ${column.type}`)
  return column
}

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
