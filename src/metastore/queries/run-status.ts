import { heldStatuses, openStatuses, type RunStatus } from '../../orchestrate/index.js'

const statusIn = (statuses: readonly RunStatus[]) => `status in (${statuses.map((one) => `'${one}'`).join(', ')})`

/** SQL: that a run has not ended. Said everywhere in these words, which are those of the indexes. */
export const isOpenRun = statusIn(openStatuses)

/** SQL: that a worker has a run. */
export const isHeldRun = statusIn(heldStatuses)

/** SQL: for how many milliseconds, at a time, whoever has the run `r` had it; none where an older Millrace did not say since when. */
export const msHeldUntil = (time: string) =>
  `greatest(0, coalesce(extract(epoch from ${time} - r.held_since) * 1000, 0))::bigint`

/** SQL: the order in which runs are taken from the queue, that of the index. */
export const queueOrder = 'priority desc, created_at, id'
