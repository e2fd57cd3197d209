import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Decimal, PyDict, PySet, PyTuple } from '../../../src/jinja/index.js'
import { pythonModules } from '../../../src/transform/python/modules.js'

/** What the real Jinja2 made of the templates beside this file; `scripts/golden/jinja.py` records it. */
interface Golden {
  readonly oracle: string
  readonly context: Readonly<Record<string, unknown>>
  readonly cases: readonly Case[]
}

export interface Case {
  readonly group: string
  readonly options?: { readonly trim_blocks?: boolean; lstrip_blocks?: boolean; keep_trailing_newline?: boolean }
  readonly template: string
  readonly output?: string
  /** `syntax`, `undefined` or the name of a Python exception. */
  readonly error?: string
  readonly message?: string
  readonly line?: number
}

export const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'results.json'), 'utf8')) as Golden

/** JSON as Python values: a dict is a dict, not an object, and `{"$decimal": "1.0"}` is a decimal. */
function python(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(python)
  if (value === null || typeof value !== 'object') return value
  const { $decimal, $tuple, $set } = value as { $decimal?: string; $tuple?: unknown[]; $set?: unknown[] }
  if ($decimal !== undefined) return new Decimal($decimal)
  if ($tuple !== undefined) return PyTuple.fromArray($tuple)
  if ($set !== undefined) return new PySet($set)
  return PyDict.from(Object.entries(value).map(([key, item]) => [key, python(item)] as const))
}

/** What the templates were rendered with; new for each, since a template may change it. */
export const context = () => (python(golden.context) as PyDict).set('modules', pythonModules)
