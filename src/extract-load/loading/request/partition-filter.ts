import { quoteIdentifier, quoteLiteral } from '../../../sql/index.js'
import type { WarehouseConnection } from '../../../warehouse/index.js'
import type { StreamPartitions } from '../../contract.js'
import { partitionFieldInvalid, windowSql } from '../../fields/row-window.js'
import { isSameName } from '../../fields/same-name.js'
import { type ColumnPlan, columnNamed, type TableColumn } from '../rows/table-shape.js'
import { isMerged, type LoadRequest } from './load-request.js'

/**
 * SQL: whether a row belongs to the partitions that are loaded; undefined where all rows are.
 * @param value the SQL of a column's value where the rows come from
 * @throws PARTITION_FIELD_INVALID
 */
export function windowCondition(
  { window, stream }: LoadRequest,
  columns: readonly TableColumn[],
  origin: string,
  value: (column: TableColumn) => string = ({ name }) => quoteIdentifier(name),
): string | undefined {
  if (!window) return undefined
  const column = columnNamed(columns, window.field)
  if (!column)
    throw partitionFieldInvalid(
      `The field \`${window.field}\`, by which the stream \`${stream.name}\` is cut into partitions, is none of the columns of ${origin}.`,
      `Its columns: ${columns.map(({ name }) => name).join(', ')}.`,
    )
  // No row has a value, so none belongs to a partition.
  return column.isEmpty ? 'false' : windowSql(window, column, value(column))
}

/** Takes the rows out of the staged ones that belong to no partition which is loaded. Answers how many. */
export async function dropOutside(
  connection: WarehouseConnection,
  request: LoadRequest,
  relation: string,
  columns: readonly TableColumn[],
  origin: string,
): Promise<number> {
  const condition = windowCondition(request, columns, origin)
  if (condition === undefined) return 0
  const { rowsAffected } = await connection.query(`delete from ${relation} where not coalesce(${condition}, false)`)
  return rowsAffected ?? 0
}

/**
 * The column of the table by which rows are taken out that are read anew as partitions; undefined where none are.
 * @throws PARTITION_FIELD_INVALID
 */
export function checkedWindow(request: LoadRequest, plan: readonly ColumnPlan[]): TableColumn | undefined {
  const { window } = request
  const step = window && plan.find(({ incoming }) => isSameName(incoming.name, window.field))
  if (!step) return undefined
  const { column, incoming, isUnrelated, old } = step
  if (!old && !isMerged(request))
    throw partitionFieldInvalid(
      `The table of the stream \`${request.stream.name}\` does not have the field \`${column.name}\` yet, by which the stream is cut into partitions: which rows the new ones replace is not known.`,
      `Load it from the start: millrace sync ${request.connectionName} --stream ${request.stream.name} --full-refresh.`,
    )
  // Times without a zone are those of the partitions, which no cast between the two knows.
  const isOtherTime =
    !incoming.isEmpty && (column.kind === 'timestamptz') !== (incoming.kind === 'timestamptz') && isTime(incoming)
  if (isUnrelated || isOtherTime)
    throw partitionFieldInvalid(
      `The field \`${column.name}\`, by which the stream \`${request.stream.name}\` is cut into partitions, is ${column.type} in its table and ${incoming.type} in the source.`,
      `Load it from the start: millrace sync ${request.connectionName} --stream ${request.stream.name} --full-refresh.`,
    )
  return column
}

/**
 * Takes rows out of the table that are read anew: those of the partitions that are loaded; of a stream that is added to by the field of
 * its partitions, those above the value from which it is read, which only partitions that were loaded ahead have.
 * @throws PARTITION_FIELD_INVALID
 */
export async function makeWay(
  tables: WarehouseConnection,
  request: LoadRequest,
  relation: string,
  plan: readonly ColumnPlan[],
): Promise<void> {
  const { window, aheadOf } = request
  const column = checkedWindow(request, plan)
  if (window && column)
    await tables.query(`delete from ${relation} where ${windowSql(window, column, quoteIdentifier(column.name))}`)
  // The window alone says nothing of a table that lacks its column.
  if (window && !column) return
  if (!aheadOf) return
  // The bare literal takes the column's own type, so the comparison stays exact.
  const isAbove = aheadOf.from && `${quoteIdentifier(columnOf(plan, aheadOf.column))} > ${quoteLiteral(aheadOf.from)}`
  await tables.query(`delete from ${relation}${isAbove === undefined ? '' : ` where ${isAbove}`}`)
}

const isTime = ({ kind }: TableColumn) => kind === 'timestamp' || kind === 'timestamptz' || kind === 'date'

const columnOf = (plan: readonly ColumnPlan[], name: string) =>
  columnNamed(
    plan.map(({ column }) => column),
    name,
  )?.name ?? name

/** More places than these are not told one by one. */
const mostTouched = 100_000

/**
 * Where rows lie among the partitions of their stream, once those that the table has already were taken out: see `SyncReach`. Undefined
 * where nobody asks, or all partitions are meant.
 * @param relation with the rows, as SQL has it
 * @param words how the engine says it
 */
export async function touchedBy(
  connection: WarehouseConnection,
  { reach, stream: { partitions } }: LoadRequest,
  relation: string,
  columns: readonly TableColumn[],
  { quote, epochSeconds, textType }: PlaceWords = plainWords,
): Promise<readonly string[] | undefined> {
  const column = partitions && columnNamed(columns, partitions.field)
  if (!reach || reach.isWhole || !partitions || !column || column.isEmpty) return undefined
  const value = quote(column.name)
  const { place, told } = partitionPlaces(partitions, column, value, epochSeconds(value))
  const { rows } = await connection.query(
    `select distinct cast(${place} as ${textType}) as place from ${relation} where ${value} is not null limit ${mostTouched}`,
  )
  return told(rows.flatMap(([text]) => (typeof text === 'string' ? [text] : [])))
}

interface PlaceWords {
  quote(name: string): string
  /** SQL: the seconds since 1970 of a time. */
  epochSeconds(sql: string): string
  readonly textType: string
}
const plainWords: PlaceWords = {
  quote: quoteIdentifier,
  epochSeconds: (sql) => `extract(epoch from ${sql})`,
  textType: 'varchar',
}

/**
 * Where values lie: SQL that has one value for all that lie together, and what is told of those, as texts.
 * @param epoch SQL: the seconds since 1970 of a time
 */
function partitionPlaces(
  partitions: StreamPartitions,
  column: TableColumn,
  value: string,
  epoch: string,
): { readonly place: string; readonly told: (texts: readonly string[]) => readonly string[] } {
  const seconds = secondsOf(partitions, column, value, epoch)
  const everySeconds =
    partitions.by === 'cron' || ('minute' in partitions && (partitions.minute ?? 0) % 15 > 0) ? 60 : 900
  if (seconds === undefined) return { place: value, told: (texts) => texts }
  const zone = column.kind === 'timestamp' ? '' : 'Z'
  return {
    place: `floor(${seconds} / ${everySeconds})`,
    told: (texts) =>
      texts.flatMap((text) => {
        const at = new Date(Number(text) * everySeconds * 1000)
        // Times may be infinite.
        return Number.isNaN(at.getTime()) ? [] : at.toISOString().slice(0, 16) + zone
      }),
  }
}

/** SQL: the seconds since 1970; undefined for days, and what is no time. */
function secondsOf(
  partitions: StreamPartitions,
  { kind }: TableColumn,
  value: string,
  epoch: string,
): string | undefined {
  if (partitions.by === 'static' || kind === 'date') return undefined
  if (kind === 'integer') return partitions.unit === 'milliseconds' ? `(${value} / 1000.0)` : `(${value} * 1.0)`
  return epoch
}
