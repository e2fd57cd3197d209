import { currentSpan } from '../../base/index.js'
import type { Run, RunLimits, RunRequest } from '../contract/index.js'
import { retryNumberTag, settingsOfTags } from '../limits/run-tags.js'
import { rerunRequest } from './rerun-request.js'

/** The run that tries a failed one again, from where it failed; undefined where that was done as often as it may be. */
export function retryRequest(run: Run, limits: Pick<RunLimits, 'maxRetries'>): RunRequest | undefined {
  const done = Number(run.tags[retryNumberTag] ?? 0)
  const most = settingsOfTags(run.tags).maxRetries ?? limits.maxRetries ?? 0
  if (done >= most) return undefined
  return {
    ...rerunRequest(run, 'from_failure'),
    trigger: { type: 'retry', name: run.id },
    tags: { ...run.tags, [retryNumberTag]: String(done + 1) },
    runKey: `retry ${run.id}`,
    traceparent: currentSpan().traceparent,
  }
}
