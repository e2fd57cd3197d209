import { failure } from '../../failure.js'
import type { Interpolation } from '../../interpolation/index.js'

/** A path of templates that may lead to one field only. */
export function singlePath(path: readonly string[], field: string, interpolation: Interpolation): readonly unknown[] {
  const segments = path.map((segment) => interpolation.value(segment)())
  if (segments.some((segment) => typeof segment === 'string' && /[*?[]/.test(segment)))
    throw failure('MANIFEST_INVALID', {
      message: `\`${field}\` has a pattern in it (${JSON.stringify(segments)}): it must lead to one field.`,
      hint: 'Name each field of the path.',
      failureType: 'system_error',
    })
  return segments
}
