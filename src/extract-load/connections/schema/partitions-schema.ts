import { z } from 'zod'
import type { StreamPartitions, TimeCut } from '../../contract.js'

/** Days are written without quotes, too. */
const localTime = z.string().min(1)

/** When windows begin, in the words of `partitions.daily(…)` and its like. */
const windowShape = {
  start: localTime,
  end: localTime.optional(),
  timezone: z.string().min(1).default('UTC'),
  format: z.string().min(1).optional(),
  end_offset: z.int().optional(),
}
const minute = z.int().min(0).max(59).optional()
const hour = z.int().min(0).max(23).optional()
const weekday = z.int().min(0).max(6).optional()
const day = z.int().min(1).max(28).optional()

/**
 * `partitions`, as a YAML file has it: of a stream, and of whatever else is cut in the same way.
 * @param more settings of all kinds
 */
export function partitionsSchema<
  More extends z.ZodRawShape,
  OfTime extends z.ZodRawShape,
  OfKeys extends z.ZodRawShape,
>(more: More, ofTime: OfTime, ofKeys: OfKeys) {
  const time = { ...windowShape, ...more, ...ofTime }
  return z.discriminatedUnion(
    'by',
    [
      z.strictObject({ by: z.literal('hourly'), minute, ...time }),
      z.strictObject({ by: z.literal('daily'), minute, hour, ...time }),
      z.strictObject({ by: z.literal('weekly'), minute, hour, weekday, ...time }),
      z.strictObject({ by: z.literal('monthly'), minute, hour, day, ...time }),
      z.strictObject({ by: z.literal('cron'), cron: z.string().min(1), ...time }),
      z.strictObject({ by: z.literal('static'), keys: z.array(z.string().min(1)).min(1), ...more, ...ofKeys }),
    ],
    { error: () => 'needs `by`: hourly, daily, weekly, monthly, cron or static' },
  )
}

export const streamPartitionsSchema = partitionsSchema(
  { field: z.string().min(1) },
  { unit: z.enum(['seconds', 'milliseconds']).optional() },
  {},
).transform((written): StreamPartitions => {
  if (written.by === 'static') return written
  const { end_offset: endOffset, ...cut } = written
  return { ...(cut as TimeCut & { readonly field: string }), endOffset }
})

/** The same as a file has it, without what is usual. */
export function writtenPartitions(partitions: StreamPartitions): Record<string, unknown> {
  if (partitions.by === 'static') return { by: partitions.by, keys: partitions.keys, field: partitions.field }
  const { by, cron, start, end, timezone, minute, hour, weekday, day, format, endOffset, field, unit } = partitions
  const zone = timezone === 'UTC' ? undefined : timezone
  const written = {
    by,
    cron,
    start,
    end,
    timezone: zone,
    minute,
    hour,
    weekday,
    day,
    format,
    end_offset: endOffset,
    field,
    unit,
  }
  return Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined))
}
