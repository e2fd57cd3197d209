import type { Connection, ConnectionStream } from '../../contract.js'
import { extractLoadErrors } from '../../errors.js'
import { mappersInWords } from '../../fields/mappers.js'
import type { StreamMode } from '../../loading/state/state-rows.js'
import { modeOf, type PendingLoad, type StreamState } from '../../loading/state/state-table.js'

export interface StreamPlan {
  /** A new generation takes the place of the table, also where later syncs only add to it. */
  readonly replacesTable: boolean
  /** Where the source goes on; undefined = from the start. */
  readonly state: string | undefined
  /** Whatever was read until now is read again, also where the table keeps its rows. */
  readonly isFromStart: boolean
  /** Why, where rows of before get the values of new columns. */
  readonly fills?: string | undefined
  readonly generationId: number
  /** A load of a new generation that was broken off goes on. */
  readonly resumes?: PendingLoad | undefined
}

interface Situation {
  /** A load that was broken off can go on, as far as the destination is concerned. */
  readonly canResume?: boolean
  /** The columns of the relation that has the table's name; none when there is none. */
  readonly table: readonly { readonly name: string }[]
  readonly fullRefresh: boolean
  /** An earlier attempt of this full refresh was broken off. */
  readonly resumesFullRefresh?: boolean
  /** Why rows of before lack columns that are loaded from now on. */
  readonly fills?: string | undefined
  readonly connection: Connection
}

/** Whether each sync puts what it reads in the place of the table. */
export const replaces = (stream: Pick<StreamMode, 'destinationSyncMode'>): boolean =>
  stream.destinationSyncMode.startsWith('overwrite')

/**
 * Whether a sync goes on where the last one ended, or loads a new generation from the start: when it is asked to, when
 * the stream is replaced every time (now or until now), and when the table is gone. One that was cleared is filled from the start.
 * @throws STREAM_MODE_CHANGED, DESTINATION_TABLE_FOREIGN
 */
export function planStream(stream: ConnectionStream, previous: StreamState, situation: Situation): StreamPlan {
  const { mode } = previous
  const hasTable = situation.table.length > 0
  if (hasTable && mode === undefined) checkOwnership(stream, situation)
  const { pending } = previous
  if (
    pending &&
    situation.canResume &&
    stream.syncMode === 'incremental' &&
    (!situation.fullRefresh || situation.resumesFullRefresh) &&
    isSameMode(pending.mode, stream)
  )
    return {
      replacesTable: true,
      state: pending.state,
      isFromStart: true,
      generationId: pending.generationId,
      resumes: pending,
    }
  const wasReplaced = mode !== undefined && replaces(mode) && stream.syncMode === 'incremental'
  const isCleared = previous.isCleared === true
  // An emptied table is filled, with the rights and views that it has, unless its rows are to be looked up by another key.
  const hasOtherKey = isCleared && mode !== undefined && keyOf(mode) !== keyOf(stream)
  const startsOver = replaces(stream) || situation.fullRefresh || !hasTable || wasReplaced || hasOtherKey
  if (!startsOver && !isCleared) checkMode(stream, mode, situation)
  if (!startsOver && !isCleared && stream.syncMode === 'incremental' && situation.fills !== undefined)
    return fillingPlan(stream, previous, situation.fills)
  return {
    replacesTable: startsOver,
    // A source may take the state of a stream that it read to the end for the order to read nothing.
    state: startsOver || stream.syncMode === 'full_refresh' ? undefined : previous.state,
    isFromStart: startsOver || isCleared || stream.syncMode === 'full_refresh',
    generationId: previous.generationId + (startsOver ? 1 : 0),
  }
}

/**
 * How some partitions of a stream are loaded: beside the rows of the others, where there is a table.
 * @throws STREAM_MODE_CHANGED, DESTINATION_TABLE_FOREIGN
 */
export function planPartitions(
  stream: ConnectionStream,
  previous: StreamState,
  situation: Pick<Situation, 'table' | 'connection'>,
): StreamPlan {
  const { mode } = previous
  const hasTable = situation.table.length > 0
  // Not even a stream that is replaced by each sync replaces a table of others here.
  if (hasTable && mode === undefined)
    checkOwnership({ ...stream, destinationSyncMode: 'append' }, { ...situation, fullRefresh: false })
  if (hasTable && !previous.isCleared) checkMode(stream, mode, situation)
  return {
    replacesTable: !hasTable,
    state: undefined,
    isFromStart: true,
    generationId: previous.generationId + (hasTable ? 0 : 1),
  }
}

/**
 * Reads a stream from the start, so that rows of before get the values of new columns: by their keys (a refresh that Airbyte calls Merge);
 * rows that have none would stand there twice, and a new generation takes the place of the table.
 */
export const fillingPlan = (
  { destinationSyncMode }: Pick<ConnectionStream, 'destinationSyncMode'>,
  previous: StreamState,
  why: string,
): StreamPlan => ({
  replacesTable: destinationSyncMode !== 'append_dedup',
  state: undefined,
  isFromStart: true,
  fills: why,
  generationId: previous.generationId + 1,
})

/**
 * A table that no sync made is somebody's work: it is neither replaced nor added to. One that another connection made, or
 * this one under another name, may be replaced, but rows that are read from the start must not be added to it.
 */
function checkOwnership(stream: ConnectionStream, { table, connection, fullRefresh }: Situation): void {
  const isOfSync = table.some((column) => column.name === '_airbyte_raw_id')
  if (isOfSync && (fullRefresh || replaces(stream))) return
  const relation = `${stream.schema}.${stream.table}`
  throw extractLoadErrors.create('DESTINATION_TABLE_FOREIGN', {
    message: `The stream \`${stream.name}\` would be loaded into ${relation}, but ${isOfSync ? 'the rows there were loaded by another connection, or under another name of this one' : 'a table or view of that name is there which no sync made'}.`,
    at: { file: connection.file },
    hint: isOfSync
      ? `Load it from the start: millrace sync ${connection.name} --stream ${stream.name} --full-refresh. Or give the connection another \`schema\` or \`prefix\`.`
      : 'Give the connection another `schema` or `prefix` below `destination`, or rename or drop what is there.',
  })
}

function checkMode(
  stream: ConnectionStream,
  mode: StreamMode | undefined,
  { connection }: Pick<Situation, 'connection'>,
): void {
  const first = modeDifference(stream, mode)
  if (!first) return
  throw extractLoadErrors.create('STREAM_MODE_CHANGED', {
    message: `The stream \`${stream.name}\` was loaded with ${first.setting === 'mappers' ? 'other' : 'another'} \`${first.setting}\`: ${first.was || 'none'} then, ${first.is || 'none'} now. Going on would lose or repeat rows.`,
    at: { file: connection.file },
    hint: `Load it from the start: millrace sync ${connection.name} --stream ${stream.name} --full-refresh. The old table stays until then.`,
  })
}

/** What a sync cannot go on with: the first setting that is another one than the table was loaded with. @param stream in the names of its table */
export function modeDifference(
  stream: ConnectionStream,
  mode: StreamMode | undefined,
): { readonly setting: string; readonly was: string; readonly is: string } | undefined {
  if (!mode) return undefined
  return [
    { setting: 'sync_mode', was: mode.syncMode, is: stream.syncMode },
    { setting: 'cursor_field', was: pathOf(mode.cursorField), is: pathOf(stream.cursorField) },
    { setting: 'primary_key', was: keyOf(mode), is: keyOf(stream) },
    { setting: 'mappers', was: mode.mappers ?? '', is: mappersInWords(stream) },
  ].find(({ was, is }) => was !== is)
}

const isSameMode = (a: StreamMode, b: ConnectionStream) => JSON.stringify(a) === JSON.stringify(modeOf(b))

const pathOf = (path: readonly string[] | undefined) => path?.join('.') ?? ''
/** Only a deduplicated table depends on its key. */
const keyOf = ({ destinationSyncMode, primaryKey }: Pick<StreamMode, 'destinationSyncMode' | 'primaryKey'>) =>
  destinationSyncMode.endsWith('dedup') ? (primaryKey ?? []).map(pathOf).join(', ') : ''
