import { z } from 'zod'
import type { RecordData, SourceServices, StreamCursor, StreamSlice } from '../../component-contract.js'
import { failure } from '../../failure.js'
import { RequestWindowSplit } from '../../http/signals.js'

export const requestWindowSplittingSchema = z.looseObject({
  type: z.literal('RequestWindowSplitting').optional(),
  failure_message: z.string().optional(),
  min_split_window: z.string().optional(),
})

export interface WindowSplitting {
  readonly cursor: StreamCursor
  readonly minSplitSeconds: number | undefined
  readonly failureMessage: string | undefined
  readonly stream: string
  readonly services: Pick<SourceServices, 'say'>
}

/** Halves of halves: a cursor whose parts do not get smaller would split for ever. */
const maxDepth = 10

/** Reads a slice, and where the API says that its window is too large, its parts one after the other. */
export async function* readSplitting(
  read: (slice: StreamSlice) => AsyncIterable<readonly RecordData[]>,
  slice: StreamSlice,
  splitting: WindowSplitting,
  depth = 0,
): AsyncGenerator<readonly RecordData[]> {
  let count = 0
  let rejection: RequestWindowSplit
  try {
    for await (const records of read(slice)) {
      count += records.length
      yield records
    }
    return
  } catch (error) {
    if (!(error instanceof RequestWindowSplit)) throw error
    rejection = error
  }
  if (count > 0) await tellTwice(splitting, count)
  const parts = depth < maxDepth ? splitting.cursor.split?.(slice, splitting.minSplitSeconds) : undefined
  if (!parts) throw notSplit(splitting, rejection, depth)
  for (const part of parts) yield* readSplitting(read, part, splitting, depth + 1)
}

const tellTwice = ({ services, stream }: WindowSplitting, count: number): Promise<void> =>
  services.say({
    type: 'log',
    level: 'warn',
    message: `Stream ${stream}: ${count} records of a window came before the API refused it; they come again with its parts.`,
  })

function notSplit(splitting: WindowSplitting, rejection: RequestWindowSplit, depth: number) {
  const message =
    depth >= maxDepth
      ? `The window of stream \`${splitting.stream}\` was split ${maxDepth} times, and the API still refuses it.`
      : `The API refuses the window of stream \`${splitting.stream}\`, and it cannot be split any further.`
  return failure('API_UNAVAILABLE', {
    message: [message, splitting.failureMessage?.trim()].filter(Boolean).join(' '),
    hint: 'Look at `step`, `cursor_granularity` and `min_split_window` of the stream.',
    failureType: 'transient_error',
    internalMessage: rejection.explanation,
    cause: rejection,
  })
}
