import { valueAt } from '../../../base/index.js'
import { PyFloat } from '../../../jinja/index.js'
import { restoreFloats } from '../../project/written-floats.js'
import { isMapping } from '../../project/yaml-file.js'
import { asRead, asWritten } from './seed-shape.js'

/** What stands for a whole float until its text is put there. */
const marked = (value: number) => `\u0000${value}.0\u0000`
const mark = /"\\u0000(-?\d+\.0)\\u0000"/g

/** Where floats may stand that templates see again. */
const shown = [['test_metadata', 'kwargs'], ['config', 'meta'], ['meta']] as const

/** A resource as manifest.json has it. Python's floats stay floats where templates see them: `12.0`. */
export function resourceJson(resource: unknown): string {
  const written = asWritten(resource)
  if (!shown.some((path) => holdsFloats(valueAt(written, path)))) return JSON.stringify(written)
  const text = JSON.stringify(written, function (this: Record<string, unknown>, key: string, value: unknown) {
    const own = this[key]
    return own instanceof PyFloat && Number.isSafeInteger(own.value) ? marked(own.value) : value
  })
  return text.replace(mark, '$1')
}

/** The resource of such a text. */
export function readResource<T>(text: string): T {
  const resource = JSON.parse(text) as T
  restoreFloats(resource, text, shown)
  return asRead(resource)
}

function holdsFloats(value: unknown): boolean {
  if (value instanceof PyFloat) return true
  if (Array.isArray(value)) return value.some(holdsFloats)
  return isMapping(value) && Object.values(value).some(holdsFloats)
}
