import { setImmediate } from 'node:timers/promises'
import { plural, systemClock } from '../../../base/index.js'
import { type ColumnChunk, type ColumnVector, rowsPerChunk } from '../../../warehouse/index.js'
import type { ConfiguredStream } from '../../contract.js'
import { extractLoadErrors } from '../../errors.js'
import { offeredColumn } from '../../fields/offered-field.js'
import { isSelected } from '../../fields/selection.js'
import type { ColumnBatch, ConnectorContext, Reading, ReadRequest } from '../connector.js'
import { readConfig } from './config.js'
import type { FakeRows, FakeStream } from './fake-stream.js'
import { type FakerState, readFakerState } from './state.js'
import { cursorField, streamOf } from './streams.js'
import { endOfStory } from './times.js'

/** Whoever else waits for the thread gets it so often. */
const breatheEveryMs = 20

/** Makes the rows of one stream: all of them, or those that more users brought since the last sync. */
export async function readFaker(
  context: ConnectorContext,
  { stream: configured, state }: ReadRequest,
): Promise<Reading> {
  const { count, seed, always_updated: isAlwaysUpdated } = readConfig(context.config, context.file)
  const stream = streamOf(configured.name, context)
  const isIncremental = configured.syncMode === 'incremental'
  if (isIncremental) checkCursor(configured.name, configured.cursorField?.join('.'), context)
  const previous = isIncremental ? readFakerState(state) : undefined
  // Rows of another seed are other rows: what was read before says nothing of them.
  const goesOn = previous !== undefined && previous.seed === seed && !isAlwaysUpdated
  const rows = stream.rowsOf(count)
  const done = goesOn ? stream.rowsOf(previous.loop_offset) : 0
  const updatedAt = isAlwaysUpdated ? (context.clock ?? systemClock).now().getTime() : undefined
  const dispose = async () => {}
  if (done >= rows)
    return { batches: [], note: `nothing new: all ${plural(done, 'row')} were read`, stateAfter: previous, dispose }
  const stateAfter: FakerState = {
    seed,
    updated_at: new Date(updatedAt ?? (endOfStory + rows) * 1000).toISOString(),
    loop_offset: count,
  }
  return {
    batches: [batchOf(stream, configured, { seed, first: done + 1, rowCount: rows - done, updatedAt })],
    ...(previous !== undefined && previous.seed !== seed
      ? { note: `the seed was ${previous.seed} before: everything is read from the start` }
      : {}),
    stateAfter: isIncremental ? stateAfter : {},
    dispose,
  }
}

/** @throws CURSOR_INVALID */
function checkCursor(stream: string, cursor: string | undefined, { file, locate }: ConnectorContext): void {
  if (cursor === undefined || cursor === cursorField) return
  throw extractLoadErrors.create('CURSOR_INVALID', {
    message: `The incremental stream \`${stream}\` has the cursor \`${cursor}\`, but sample data know what is new by \`${cursorField}\`.`,
    at: locate?.(['streams', stream, 'cursor_field']) ?? { file },
    hint: `Leave \`cursor_field\` out, or set it to ${cursorField}.`,
  })
}

function batchOf(stream: FakeStream, configured: ConfiguredStream, rows: FakeRows): ColumnBatch {
  const all = Object.entries(stream.columns).map(([name, { kind, type }]) => ({ name, kind, type }))
  const isRead = all.map(({ name }) => isSelected(configured, name))
  let sizeBytes = 0
  return {
    representation: 'columns',
    origin: stream.name,
    columns: all.filter((_, i) => isRead[i]),
    offered: all.map(offeredColumn),
    rowCount: rows.rowCount,
    chunks: chunksOf(stream, isRead, rows, (bytes) => {
      sizeBytes += bytes
    }),
    get sizeBytes() {
      return sizeBytes
    },
  }
}

async function* chunksOf(
  stream: FakeStream,
  isRead: readonly boolean[],
  { first, rowCount: rows, ...rest }: FakeRows,
  count: (bytes: number) => void,
): AsyncGenerator<ColumnChunk> {
  let lastBreath = performance.now()
  for (let done = 0; done < rows; done += rowsPerChunk) {
    const rowCount = Math.min(rowsPerChunk, rows - done)
    const made = stream.make({ ...rest, first: first + done, rowCount })
    const columns = made.filter((_, i) => isRead[i])
    count(columns.reduce((sum, column) => sum + sizeOf(column), 0))
    yield { rowCount, columns }
    if (performance.now() - lastBreath < breatheEveryMs) continue
    await setImmediate()
    lastBreath = performance.now()
  }
}

const sizeOf = ({ data, pieces = [] }: ColumnVector) =>
  pieces.reduce((sum, { from, to }) => sum + to - from, data.length)
