import { PyTimeDelta } from '../../../../python/index.js'
import { parseIsoDuration } from '../../datetime/index.js'
import { failure } from '../../failure.js'

/** An ISO duration that is always the same number of seconds: months and years are none. */
export function fixedSeconds(text: string): number {
  const duration = parseIsoDuration(text)
  if (duration instanceof PyTimeDelta && duration.ms > 0) return duration.ms / 1000
  throw failure('MANIFEST_INVALID', {
    message: `\`min_split_window\` is ${JSON.stringify(text)}, which is no fixed time above zero.`,
    hint: 'Write days, hours, minutes or seconds: `P1D`, `PT6H`.',
    failureType: 'system_error',
  })
}
