import { selectAssets } from '../assets/select-assets.js'
import type { AutomationState, Definitions, OrchestrateStore, ScheduleSpec } from '../contract/index.js'

const dayMs = 24 * 3600_000

export interface Verdict {
  readonly turnsOff: boolean
  readonly reason: string
}

/**
 * Whether a schedule has only failed for so long that it is turned off, or half as long, which is time for a warning. What counts are
 * its runs since it was turned on, since anything that it makes was made last: also by a run of somebody else.
 */
export async function judgeFailures(
  store: OrchestrateStore,
  definitions: Definitions,
  schedule: ScheduleSpec,
  { state, now }: { readonly state: AutomationState | undefined; readonly now: Date },
): Promise<Verdict | undefined> {
  const { autoDisable } = schedule
  if (!autoDisable) return undefined
  const runs = await store.listRuns({
    trigger: { type: 'schedule', name: schedule.name },
    statuses: ['succeeded', 'failed'],
    limit: autoDisable.failedRuns,
  })
  if (runs[0]?.status !== 'failed') return undefined
  const states = await store.assetStates([...selectAssets(definitions, schedule.target)])
  const since = [state?.turnedOnAt, ...states.map((one) => one.lastMaterializedAt)].reduce<string>(
    (latest, at) => (at !== undefined && at > latest ? at : latest),
    '',
  )
  const firstGood = runs.findIndex((run) => run.status !== 'failed' || run.createdAt <= since)
  const failed = firstGood < 0 ? runs : runs.slice(0, firstGood)
  const first = failed.at(-1)
  if (!first) return undefined
  const failingMs = now.getTime() - Date.parse(first.createdAt)
  const { failedRuns, days } = autoDisable
  const share = Math.max(failed.length / failedRuns, failingMs / (days * dayMs))
  if (share < 0.5) return undefined
  const what = `its last ${failed.length} runs failed, since ${first.createdAt}`
  // One failure of a schedule that seldom runs is old at once.
  return share >= 1 && failed.length > 1
    ? { turnsOff: true, reason: `turned off: ${what}` }
    : { turnsOff: false, reason: `warning: ${what}; after ${failedRuns} runs or ${days} days it is turned off` }
}
