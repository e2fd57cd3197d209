import { currentSpan } from '../../base/index.js'
import type { Run, RunLimits, RunRequest } from '../contract/index.js'
import { retryNumberTag, settingsOfTags } from '../limits/run-tags.js'
import { rerunRequest } from './rerun-request.js'

/**
 * The run that tries a failed one again, from where it failed; undefined where that was done as often as it may be.
 * @param isPlanned whether it came so far: of one that did not there are no steps to go on from, and all of it is tried again
 */
export function retryRequest(
  run: Run,
  limits: Pick<RunLimits, 'maxRetries'>,
  { isPlanned = true }: { readonly isPlanned?: boolean } = {},
): RunRequest | undefined {
  const done = Number(run.tags[retryNumberTag] ?? 0)
  const most = settingsOfTags(run.tags).maxRetries ?? limits.maxRetries ?? 0
  if (done >= most) return undefined
  return {
    ...(isPlanned ? rerunRequest(run, 'from_failure') : sameAgain(run)),
    trigger: { type: 'retry', name: run.id },
    tags: { ...run.tags, [retryNumberTag]: String(done + 1) },
    runKey: `retry ${run.id}`,
    sequenceKey: run.sequenceKey,
    traceparent: currentSpan().traceparent,
  }
}

/** What was itself to go on from where another run failed still has to. */
const sameAgain = (run: Run): RunRequest =>
  run.rerun === 'from_failure'
    ? { ...rerunRequest(run, run.rerun), parentRunId: run.parentRunId }
    : rerunRequest(run, 'all')
