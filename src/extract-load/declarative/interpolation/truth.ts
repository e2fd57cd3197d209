import { equals, PyDict, PyTuple } from '../../../jinja/index.js'
import { NoJsonValue } from '../values/index.js'

const falseTexts = new Set(['False', 'false', '{}', '[]', '()', '', '0', '0.0'])
const falseValues: readonly unknown[] = [new PyDict(), false, null, [], new PyTuple()]

/** What a condition means: everything is true but these. */
export function isTrue(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  if (typeof value === 'string') return !falseTexts.has(value)
  if (value instanceof NoJsonValue) return value.isTruthy
  return !falseValues.some((one) => equals(value, one))
}
