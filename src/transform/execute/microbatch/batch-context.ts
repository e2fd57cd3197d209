import { PyDict } from '../../../jinja/index.js'
import { PyDateTime } from '../../context/python-datetime.js'
import { type Batch, type BatchSize, batchId } from './batches.js'

/** The batch that a run of a model is about. */
export interface RunningBatch extends Batch {
  readonly size: BatchSize
}

const time = (ms: number) => new PyDateTime({ wallMs: ms, offset: 0 })

/** `model.batch` */
export const batchObject = (batch: RunningBatch): PyDict =>
  PyDict.from([
    ['id', batchId(batch, batch.size)],
    ['event_time_start', time(batch.startMs)],
    ['event_time_end', time(batch.endMs)],
  ])

/** What macros of before `model.batch` read of the config. */
export const batchConfig = ({ startMs, endMs }: Batch): readonly (readonly [string, unknown])[] => [
  ['__dbt_internal_microbatch_event_time_start', time(startMs)],
  ['__dbt_internal_microbatch_event_time_end', time(endMs)],
]
