import { isMapping } from '../../../../base/index.js'
import { failure } from '../../failure.js'
import { writeJson } from '../../values/index.js'

/** What is equal to Python has one text. */
export function valueKey(value: unknown): string {
  if (Array.isArray(value) || isMapping(value))
    throw failure('MANIFEST_INVALID', {
      message: `A partition has the value ${writeJson(value)}, which cannot be compared with others.`,
      hint: 'Take a text or a number as partition.',
      failureType: 'system_error',
    })
  if (typeof value === 'boolean') return value ? '1' : '0'
  const text = writeJson(value ?? null)
  return typeof value === 'string' ? text : text.replace(/\.0$/, '')
}
