import { PyDict } from '../../jinja/index.js'
import { utcTime } from '../../python/index.js'
import { type BatchSize, batchId } from './batches.js'
import type { EventWindow } from './event-window.js'

/** The batch that a run of a model is about. */
export interface RunningBatch extends EventWindow {
  readonly size: BatchSize
}

/** `model.batch` */
export const batchObject = (batch: RunningBatch): PyDict =>
  PyDict.from([
    ['id', batchId(batch, batch.size)],
    ['event_time_start', utcTime(batch.startMs)],
    ['event_time_end', utcTime(batch.endMs)],
  ])

/** What macros of before `model.batch` read of the config. */
export const batchConfig = ({ startMs, endMs }: EventWindow): readonly (readonly [string, unknown])[] => [
  ['__dbt_internal_microbatch_event_time_start', utcTime(startMs)],
  ['__dbt_internal_microbatch_event_time_end', utcTime(endMs)],
]
