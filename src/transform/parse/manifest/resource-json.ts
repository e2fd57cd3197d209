import { valueAt } from '../../../base/index.js'
import { PyFloat } from '../../../jinja/index.js'
import { restoreNumbers } from '../../project/written-numbers.js'
import { isMapping } from '../../project/yaml-file.js'
import { exactJson } from '../../python/exact-json.js'
import { asRead, asWritten } from './seed-shape.js'

/** Where numbers may stand that templates see again. */
const shown = [
  ...[['test_metadata', 'kwargs'], ['config', 'meta'], ['meta']],
  ...[['given'], ['expect'], ['overrides']],
] as const

/** A resource as manifest.json has it. Python's floats stay floats where templates see them: `12.0`. */
export function resourceJson(resource: unknown): string {
  const written = asWritten(resource)
  return exactJson(written, { floats: shown.some((path) => holdsFloats(valueAt(written, path))) })
}

/** The resource of such a text. */
export function readResource<T>(text: string): T {
  const resource = JSON.parse(text) as T
  restoreNumbers(resource, text, shown)
  return asRead(resource)
}

function holdsFloats(value: unknown): boolean {
  if (value instanceof PyFloat) return true
  if (Array.isArray(value)) return value.some(holdsFloats)
  return isMapping(value) && Object.values(value).some(holdsFloats)
}
