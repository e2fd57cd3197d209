import { toMillraceError } from '../../base/index.js'
import {
  type Backfill,
  type Definitions,
  type OrchestrateStore,
  openStatuses,
  type RunRequest,
  type SkippedRuns,
} from '../contract/index.js'
import { BackfillLayout } from './backfill-layout.js'
import { MadeInputs } from './made-inputs.js'

/** So many runs of a backfill wait or run at once: a hundred thousand would be in the way of everything else. */
const mostOpen = 16
/** So many are left out at once, since each of them has to be looked at. */
const mostSkipped = 500

/**
 * Requests the next runs of all backfills, and ends those that are through. May be done by several at once.
 * @throws what one of them met that is not its project's fault, once all others were advanced
 */
export async function advanceBackfills(store: OrchestrateStore, definitions: Definitions): Promise<void> {
  await store.countSettledBackfillRuns()
  const active = await store.listBackfills({ isActive: true, limit: 1000 })
  const failures: unknown[] = []
  for (const backfill of active)
    await advance(store, definitions, backfill).catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
}

async function advance(store: OrchestrateStore, definitions: Definitions, backfill: Backfill): Promise<void> {
  const { id, status, runs, requestedRuns, skippedRuns, runCount } = backfill
  const open = openStatuses.reduce((sum, one) => sum + runs[one], 0)
  if (status === 'cancelling') {
    if (open === 0) await store.advanceBackfill(backfill, {}, { status: 'cancelled' })
    else
      for (const run of await store.unsettledBackfillRuns(id))
        if (openStatuses.includes(run.status)) await store.requestCancel(run.runId)
    return
  }
  if (requestedRuns + skippedRuns === runCount) {
    if (open > 0) return
    const isWhole = runs.failed + runs.cancelled + skippedRuns === 0
    await store.advanceBackfill(backfill, {}, { status: isWhole ? 'succeeded' : 'failed' })
    return
  }
  const room = mostOpen - open
  if (room <= 0) return
  try {
    const next = await nextRuns(store, definitions, backfill, room)
    if (next.requests.length + next.skipped.length > 0) await store.advanceBackfill(backfill, next)
  } catch (thrown) {
    const error = toMillraceError(thrown)
    // It goes on once the project is mended.
    if (error.code === 'PROJECT_BROKEN') return
    // What the store cannot do at the moment it can later; a project that changed meanwhile stays as it is.
    if (error.kind !== 'user') throw error
    await store.advanceBackfill(backfill, {}, { status: 'failed', error: error.toJSON() })
  }
}

/** In their order, as far as what they read is made. */
async function nextRuns(
  store: OrchestrateStore,
  definitions: Definitions,
  backfill: Backfill,
  most: number,
): Promise<{ readonly requests: readonly RunRequest[]; readonly skipped: readonly SkippedRuns[] }> {
  const { id, requestedRuns, skippedRuns, runCount, createdAt, fullRefresh, tags } = backfill
  const moment = { now: new Date(createdAt), dynamicKeys: await store.dynamicPartitions() }
  const layout = new BackfillLayout(definitions, backfill, moment)
  const inputs = layout.hasNeeds
    ? new MadeInputs({ store, definitions, backfill, layout, moment, runs: await store.unsettledBackfillRuns(id) })
    : undefined
  const requests: RunRequest[] = []
  let place = requestedRuns + skippedRuns
  for (let left = 0; place < runCount && requests.length < most && left < mostSkipped; place++) {
    const verdict = (await inputs?.of(place)) ?? 'made'
    if (verdict === 'open') break
    if (verdict !== 'made') {
      inputs?.skip(place, verdict)
      left++
      continue
    }
    const { selection, partitions } = layout.at(place)
    const trigger = { type: 'backfill', name: id } as const
    requests.push({ selection, trigger, partitions, fullRefresh, tags, runKey: `backfill ${id} ${place}` })
  }
  return { requests, skipped: inputs?.skipped() ?? [] }
}
