import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { RecordData, StreamCursor, StreamSlice } from '../../component-contract.js'
import { failure } from '../../failure.js'
import { paginationResetLimitsSchema } from './pagination-reset-limits.js'

export const paginationResetSchema = z.looseObject({
  type: z.literal('PaginationReset').optional(),
  action: z.enum(['SPLIT_USING_CURSOR', 'RESET']),
  limits: paginationResetLimitsSchema.optional(),
})

/** Watches one reading of a slice, which may have to begin its pages anew: an API gives no page beyond the 10 000th record, for example. */
export interface PageTracker {
  observe(records: readonly RecordData[], slice: StreamSlice): void
  isFull(): boolean
  /** What is read from the first page on. @throws where that was tried before */
  begin(previous: StreamSlice, original: StreamSlice): StreamSlice
}

export function pageTracker(
  reset: z.output<typeof paginationResetSchema> | undefined,
  cursor: StreamCursor,
): PageTracker {
  const watched = reset?.action === 'SPLIT_USING_CURSOR' ? cursor.tracker?.() : undefined
  const limit = reset?.limits?.number_of_records
  // Without a cursor a slice begins anew to be tried again, and once is enough.
  const allowed = watched ? 1 : 2
  let count = 0
  let sameCount = 0
  return {
    observe(records, slice) {
      count += records.length
      if (watched) for (const record of records) watched.observe(record, slice)
    },
    isFull: () => limit !== undefined && count >= limit,
    begin(previous, original) {
      const next = watched ? watched.reduce(original) : previous
      sameCount = isSame(next, previous) ? sameCount + 1 : 0
      if (sameCount >= allowed) throw stuck(sameCount)
      count = 0
      return next
    },
  }
}

const isSame = (one: StreamSlice, other: StreamSlice): boolean =>
  isDeepStrictEqual([one.partition, one.cursorSlice], [other.partition, other.cursorSlice])

const stuck = (count: number) =>
  failure('API_ANSWER_INVALID', {
    message: `The pages of a slice began anew ${count} times without any progress.`,
    hint: 'Look at `pagination_reset`: its cursor needs records in order, with values that go up.',
    failureType: 'system_error',
  })
