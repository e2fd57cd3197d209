import { type OrchestrateStore, openStatuses, type RunFilter, type ScheduleSpec } from '../contract/index.js'

/** Whether the last run of a schedule goes on. One that failed does as long as it is tried again. */
export async function isGoing(
  store: Pick<OrchestrateStore, 'listRuns'>,
  { name }: Pick<ScheduleSpec, 'name'>,
): Promise<boolean> {
  const newest = async (filter: RunFilter) => (await store.listRuns({ ...filter, limit: 1 }))[0]
  const own = { type: 'schedule', name } as const
  if (await newest({ trigger: own, statuses: openStatuses })) return true
  let last = await newest({ trigger: own })
  while (last?.status === 'failed') {
    last = await newest({ trigger: { type: 'retry', name: last.id } })
    if (last && openStatuses.includes(last.status)) return true
  }
  return false
}
