import { heldStatuses, openStatuses, type RunStatus } from '../../orchestrate/index.js'

const statusIn = (statuses: readonly RunStatus[]) => `status in (${statuses.map((one) => `'${one}'`).join(', ')})`

/** SQL: that a run has not ended. Said everywhere in these words, which are those of the indexes. */
export const isOpenRun = statusIn(openStatuses)

/** SQL: that a worker has a run. */
export const isHeldRun = statusIn(heldStatuses)

/** SQL: the order in which runs are taken from the queue, that of the index. */
export const queueOrder = 'priority desc, created_at, id'
