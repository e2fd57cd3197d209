import type { Run, RunRequest } from '../contract/index.js'
import { retryNumberTag } from '../limits/run-tags.js'

/** A run once more: all of it, what did not succeed, or another selection of what it ran. @param by who asks, where that is known */
export const rerunRequest = (
  parent: Run,
  rerun: NonNullable<RunRequest['rerun']>,
  selection = parent.selection,
  by?: string,
): RunRequest => ({
  selection,
  trigger: { type: 'rerun', name: by ?? parent.id },
  parentRunId: parent.id,
  rerun,
  partitions: parent.partitions,
  asOf: parent.asOf,
  config: parent.config,
  fullRefresh: parent.fullRefresh,
  clearData: parent.clearData,
  // Whoever asks for it anew may have it tried again as often as the first one.
  tags: Object.fromEntries(Object.entries(parent.tags).filter(([key]) => key !== retryNumberTag)),
})
