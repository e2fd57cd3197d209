import type { WarehouseConnection } from '../../../warehouse/index.js'
import type { StreamPartitions } from '../../contract.js'
import type { LoadRequest } from '../request/load-request.js'
import { columnNamed, type TableColumn } from '../rows/table-shape.js'
import { type MergeDialect, plainDialect } from './merge-dialect.js'

/** More places than these are not told one by one. */
const mostTouched = 100_000

/**
 * Where rows lie among the partitions of their stream, once those that the table has already were taken out: see `SyncReach`. Undefined
 * where nobody asks, or all partitions are meant.
 * @param relation with the rows, as SQL has it
 */
export async function touchedBy(
  connection: WarehouseConnection,
  { reach, stream: { partitions } }: LoadRequest,
  relation: string,
  columns: readonly TableColumn[],
  { quote, epochSeconds, textType }: Pick<MergeDialect, 'quote' | 'epochSeconds' | 'textType'> = plainDialect,
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
