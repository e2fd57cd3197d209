import type { Run, RunRequest } from '../contract/index.js'

/** A run once more: all of it, what did not succeed, or another selection of what it ran. */
export const rerunRequest = (
  parent: Run,
  rerun: NonNullable<RunRequest['rerun']>,
  selection = parent.selection,
): RunRequest => ({
  selection,
  trigger: { type: 'rerun', name: parent.id },
  parentRunId: parent.id,
  rerun,
  partitions: parent.partitions,
  fullRefresh: parent.fullRefresh,
  clearData: parent.clearData,
  tags: parent.tags,
})
