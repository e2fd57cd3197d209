import type { Run } from '../../orchestrate/index.js'
import type { RunSummary } from '../contract/index.js'

export function runSummary(run: Run): RunSummary {
  return {
    id: run.id,
    selection: run.selection,
    trigger: { type: run.trigger.type, ...(run.trigger.name === undefined ? {} : { name: run.trigger.name }) },
    status: run.status,
    createdAt: run.createdAt,
    ...(run.startedAt === undefined ? {} : { startedAt: run.startedAt }),
    ...(run.endedAt === undefined ? {} : { endedAt: run.endedAt }),
    ...(run.parentRunId === undefined ? {} : { parentRunId: run.parentRunId }),
    ...(run.partitions === undefined ? {} : { partitions: run.partitions }),
    attempt: run.attempt,
    fullRefresh: run.fullRefresh,
    clearData: run.clearData,
    tags: { ...run.tags },
    stepCounts: { ...run.stepCounts },
    ...(run.error === undefined ? {} : { error: run.error }),
  }
}
