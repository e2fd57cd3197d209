import type { EventWindow } from './event-window.js'

/** How much of the event time one batch of a microbatch model holds. */
export const batchSizes = ['hour', 'day', 'month', 'year'] as const
export type BatchSize = (typeof batchSizes)[number]

const isoEnd: Readonly<Record<BatchSize, number>> = { hour: 13, day: 10, month: 7, year: 4 }

/** The beginning of the hour, day, month or year. */
export function truncated(ms: number, size: BatchSize): number {
  const date = new Date(ms)
  return Date.UTC(
    date.getUTCFullYear(),
    size === 'year' ? 0 : date.getUTCMonth(),
    size === 'year' || size === 'month' ? 1 : date.getUTCDate(),
    size === 'hour' ? date.getUTCHours() : 0,
  )
}

/** The beginning of the batch that many batches later, whatever the hour within the first one. */
export function batchLater(ms: number, size: BatchSize, count: number): number {
  const date = new Date(truncated(ms, size))
  switch (size) {
    case 'hour':
      return date.setUTCHours(date.getUTCHours() + count)
    case 'day':
      return date.setUTCDate(date.getUTCDate() + count)
    case 'month':
      return date.setUTCMonth(date.getUTCMonth() + count)
    case 'year':
      return date.setUTCFullYear(date.getUTCFullYear() + count)
  }
}

/** The next beginning of a batch; a time that is one already stays. */
export function roundedUp(ms: number, size: BatchSize): number {
  const start = truncated(ms, size)
  return start === ms ? ms : batchLater(ms, size, 1)
}

/** The batches between two times. The last one ends where it is told to, even in the middle. */
export function batchesBetween(startMs: number, endMs: number, size: BatchSize): EventWindow[] {
  const batches: EventWindow[] = []
  for (let start = startMs; start < endMs || batches.length === 0; ) {
    const next = batchLater(start, size, 1)
    batches.push({ startMs: start, endMs: next < endMs ? next : endMs })
    start = next
  }
  return batches
}

/**
 * Where an incremental run starts that was given no start: `lookback` batches before the one that is going on. At a border
 * between two batches that is the one that just ended.
 */
export function lookedBack(endMs: number, size: BatchSize, lookback: number): number {
  const isAtBorder = truncated(endMs, size) === endMs
  return batchLater(endMs, size, -(lookback + (isAtBorder ? 1 : 0)))
}

/** `2024-09-17`, `2024-09-17T16`, `2024-09`: what logs and the names of files say. */
export const batchLabel = ({ startMs }: EventWindow, size: BatchSize): string =>
  new Date(startMs).toISOString().slice(0, isoEnd[size])

/** `20240917`: `model.batch.id`. */
export const batchId = (batch: EventWindow, size: BatchSize): string => batchLabel(batch, size).replaceAll('-', '')
