import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '../../../base/index.js'
import type { ConnectorProgram } from '../../connector-program/connector-program.js'
import type { SaidLog } from '../../connector-program/said-logs.js'
import { dropDeleted } from '../../loading/stage/drop-deleted.js'
import type { StreamDescriptor } from '../../protocol/messages.js'
import type { RecordedTable } from '../recorded/record.js'
import { recordedColumns } from '../recorded/recorded-columns.js'
import type { RecordedClaim, RecordedLoad, RecordedPublished } from '../recorded/recorded-destination.js'
import { boundaryAfter } from './boundary-rows.js'
import { configuredStream } from './configured-stream.js'
import { copyRecords } from './record-lines.js'
import { askedMode } from './sync-modes.js'
import { writeStream } from './write-stream.js'

export interface PublishOptions {
  readonly program: ConnectorProgram
  readonly target: StreamDescriptor
  /** As it is recorded. */
  readonly name: string
  /** The modes that the destination says it has. */
  readonly supported: readonly string[] | undefined
  readonly onLog: (log: SaidLog) => void
}

/** Has the destination write the staged rows; what it confirmed is what the record tells of. */
export async function publishStream(load: RecordedLoad, options: PublishOptions): Promise<RecordedPublished> {
  const { staging, request, staged, table } = load
  const { previous, signal, onWarning } = request
  const { program, target, name, onLog } = options
  const isEmptied = isTruncated(load)
  // Where they replace all that there is, nobody takes the deleted ones out again.
  if (isEmptied) await dropDeleted(staging, request, staged.relation, staged.columns ?? [])
  const shape = await recordedColumns(staging, request, staged)
  const { source, plan, changes, columns } = shape
  const boundary = await boundaryAfter(staging, request, shape, table?.ties ?? [])
  if (boundary === undefined)
    onWarning('too many rows have the last value of the cursor, or none: the next sync sends those once more')
  const recorded = {
    table: name,
    columns,
    files: [],
    ...(boundary && boundary.length > 0 ? { ties: [...boundary] } : {}),
  }
  if (staged.rows === 0 && !request.replacesTable && !isEmptied)
    return { rows: 0, changes, table: { ...table, ...recorded } }
  const earliest = (table?.last_emitted_at ?? -1) + 1
  const latest = await latestTime(staging, staged.relation, earliest)
  const { generation, configured } = await begun(load, { columns, isEmptied, latest }, options)
  const folder = await temporaryFolder('destination')
  const path = join(folder, 'records.jsonl')
  try {
    await copyRecords(staging, { source, plan, target, syncId: previous.syncId + 1, earliest, path, signal })
    const rejected = await writeStream(program, { target, configured, path, readAt: request.extractedAt, onLog })
    if (rejected > 0) onWarning(`the destination did not take ${rejected} of ${staged.rows} records`)
    return { rows: staged.rows - rejected, changes, table: { ...recorded, generation, last_emitted_at: latest } }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Takes all rows of a stream out of the destination where they are gone in their database, and none came since. */
export const clearTruncated = async (
  load: RecordedClaim,
  options: PublishOptions,
): Promise<RecordedTable | undefined> => (isTruncated(load) ? withoutRows(load, options) : undefined)

/** The same where the stream is to be loaded from the start: its columns take whatever comes then, and no row counts as sent. */
export async function emptyStream(load: RecordedClaim, options: PublishOptions): Promise<RecordedTable | undefined> {
  const emptied = await withoutRows(load, options)
  if (!emptied) return undefined
  const { ties: _, columns, ...table } = emptied
  return { ...table, columns: columns.map((column) => ({ ...column, isEmpty: true })) }
}

/** Has the destination begin a generation without a record, which takes the place of those before. */
async function withoutRows(load: RecordedClaim, options: PublishOptions): Promise<RecordedTable | undefined> {
  const { table } = load
  const { program, target, onLog } = options
  if (!table) return undefined
  const { columns, last_emitted_at: latest = -1 } = table
  const { generation, configured } = await begun(load, { columns, isEmptied: true, latest }, options)
  await writeStream(program, {
    target,
    configured,
    path: undefined,
    readAt: load.request.extractedAt,
    onLog,
  })
  return { ...table, generation }
}

/** All rows that are there were deleted in their database, and are to leave. Those that are to stay marked only their keys could mark. */
function isTruncated({ request: { truncatedAt, stream, onWarning } }: RecordedClaim): boolean {
  if (truncatedAt === undefined) return false
  if (!stream.dropsDeleted)
    onWarning('the table was truncated in its database: the rows that were loaded until then stay')
  return stream.dropsDeleted
}

interface Begin {
  readonly columns: RecordedTable['columns']
  /** The rows that are there go, although the load does not start over. */
  readonly isEmptied: boolean
  /** The time of the record that is sent with the latest one. */
  readonly latest: number
}

/**
 * How the destination is asked. That it will be is noted before: what is taken away cannot be had back, and another sync that does the
 * same fails before it sends anything.
 */
async function begun(
  load: RecordedClaim,
  { columns, isEmptied, latest }: Begin,
  { target, name, supported }: PublishOptions,
) {
  const { request, table, claim, startOver } = load
  const { stream, replacesTable, generationId } = request
  // What was never loaded has nothing of its own there that would have to go, unless such a load was broken off.
  const isOwn = table !== undefined || stream.destinationSyncMode.startsWith('overwrite')
  const replaces = isEmptied || (replacesTable && isOwn)
  const known = table?.generation ?? 0
  const generation = replaces ? Math.max(generationId, known + 1) : known || generationId
  const nothing = { table: name, columns: [], files: [] }
  // Rows that are sent again must be later than those of a load that was broken off.
  const begins = { generation, last_emitted_at: latest }
  if (replacesTable) await startOver({ ...nothing, ...begins })
  else await claim({ ...(table ?? nothing), ...begins })
  const mode = askedMode(stream.destinationSyncMode, replaces, supported)
  return { generation, configured: configuredStream({ target, request, columns, mode, generation, replaces }) }
}

/** The time of the record that is sent with the latest one. */
async function latestTime(staging: RecordedLoad['staging'], relation: string, earliest: number): Promise<number> {
  const { rows } = await staging.query(
    `select greatest(epoch_ms(max(_airbyte_extracted_at)), ${earliest})::varchar from ${relation}`,
  )
  return Number(rows[0]?.[0])
}
