import { toMillraceError } from '../../base/index.js'
import {
  type Backfill,
  type Definitions,
  type OrchestrateStore,
  openStatuses,
  type RunRequest,
} from '../contract/index.js'
import { parsePartitions, partitionsText } from '../partitions/selection.js'
import { backfillSpace } from './backfill-space.js'

/** So many runs of a backfill wait or run at once: a hundred thousand would be in the way of everything else. */
const mostOpen = 16

/** Requests the next runs of all backfills, and ends those that are through. May be done by several at once. */
export async function advanceBackfills(store: OrchestrateStore, definitions: Definitions): Promise<void> {
  const active = await store.listBackfills({ isActive: true, limit: 1000 })
  for (const backfill of active) await advance(store, definitions, backfill)
}

async function advance(store: OrchestrateStore, definitions: Definitions, backfill: Backfill): Promise<void> {
  const { id, status, runs, requestedRuns, runCount } = backfill
  const open = openStatuses.reduce((sum, one) => sum + runs[one], 0)
  if (status === 'cancelling') {
    if (open === 0) await store.advanceBackfill(backfill, [], { status: 'cancelled' })
    else
      for (const run of await store.listRuns({ trigger: id, statuses: openStatuses, limit: 1000 }))
        await store.requestCancel(run.id)
    return
  }
  if (requestedRuns === runCount) {
    if (open > 0) return
    await store.advanceBackfill(backfill, [], { status: runs.failed + runs.cancelled > 0 ? 'failed' : 'succeeded' })
    return
  }
  const room = (backfill.isSequential ? 1 : mostOpen) - open
  if (room <= 0) return
  try {
    await store.advanceBackfill(backfill, await nextRuns(store, definitions, backfill, room))
  } catch (thrown) {
    const error = toMillraceError(thrown)
    // What the store cannot do at the moment it can later; a project that changed meanwhile stays as it is.
    if (error.kind !== 'user') throw error
    await store.advanceBackfill(backfill, [], { status: 'failed', error: error.toJSON() })
  }
}

async function nextRuns(
  store: OrchestrateStore,
  definitions: Definitions,
  { id, selection, partitions, partitionsPerRun, requestedRuns, createdAt, fullRefresh, tags }: Backfill,
  count: number,
): Promise<RunRequest[]> {
  const moment = { now: new Date(createdAt), dynamicKeys: await store.dynamicPartitions() }
  const { space } = backfillSpace(definitions, selection, moment)
  const requests: RunRequest[] = []
  let place = 0
  for (const piece of parsePartitions(space, partitions).pieces(partitionsPerRun)) {
    if (place++ < requestedRuns) continue
    requests.push({
      selection,
      trigger: { type: 'backfill', name: id },
      partitions: partitionsText(space, piece),
      fullRefresh,
      tags,
    })
    if (requests.length === count) break
  }
  return requests
}
