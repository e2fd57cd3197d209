import { toMillraceError } from '../../base/index.js'
import type { CheckResult } from '../contract.js'

/** A failure as the answer of a check, which never throws. */
export function failedCheck(thrown: unknown): CheckResult {
  const error = toMillraceError(thrown)
  return { status: 'failed', message: error.message, error: error.toJSON() }
}
