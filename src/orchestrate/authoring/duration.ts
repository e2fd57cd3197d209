import { durationHint, parseDuration } from '../../base/index.js'
import { orchestrateErrors } from '../errors.js'

/** `30s` → 30000. @throws DEFINITIONS_INVALID for anything that is not a number with a unit */
export function durationMs(text: string): number {
  const ms = parseDuration(text)
  if (ms !== undefined) return ms
  throw orchestrateErrors.create('DEFINITIONS_INVALID', {
    message: `\`${text}\` is not a duration.`,
    hint: durationHint,
  })
}
