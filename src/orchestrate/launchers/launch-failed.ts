import type { MillraceError } from '../../base/index.js'
import { orchestrateErrors } from '../errors.js'

/** @param isRetryable whoever starts run workers was not there to say no */
export function launchFailed(
  message: string,
  { isRetryable = false, cause }: { readonly isRetryable?: boolean; readonly cause?: unknown } = {},
): MillraceError {
  return orchestrateErrors.create(isRetryable ? 'RUN_LAUNCHER_UNREACHABLE' : 'RUN_LAUNCH_FAILED', {
    message,
    hint: 'Look at `runs.launcher` in millrace.yaml, and at what docs/workers.md asks of its surroundings.',
    cause,
  })
}
