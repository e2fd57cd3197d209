import { createHash } from 'node:crypto'
import { printPythonYaml } from '../../base/index.js'
import {
  defineFunction,
  equals,
  fromJson,
  isPlainObject,
  iterate,
  order,
  PyDict,
  PyFloat,
  PySet,
  PyTuple,
  pairs,
  str,
  toJson,
  truthy,
} from '../../jinja/index.js'
import { PyDateTime } from '../../python/index.js'
import { readPythonYaml, toPython } from '../python/values.js'

/** The functions of templates that make values of values: JSON and YAML, sets, pairs, differences, a checksum. */
export const dataFunctions: Readonly<Record<string, unknown>> = {
  fromjson: defineFunction('fromjson', ['string', 'default?'], (text: unknown, fallback: unknown = null) =>
    attempt(() => fromJson(str(text)), fallback),
  ),
  tojson: defineFunction(
    'tojson',
    ['value', 'default?', 'sort_keys?'],
    // What is no data is an error in spite of the default, as in dbt.
    (value: unknown, _: unknown = null, sort: unknown = false) => toJson(value, undefined, truthy(sort)),
  ),
  fromyaml: defineFunction('fromyaml', ['value', 'default?'], (text: unknown, fallback: unknown = null) =>
    attempt(() => toPython(readPythonYaml(str(text))), fallback),
  ),
  toyaml: defineFunction(
    'toyaml',
    ['value', 'default?', 'sort_keys?'],
    (value: unknown, fallback: unknown = null, sort: unknown = false) =>
      attempt(() => printPythonYaml(yamlData(value, truthy(sort)), scalarText), fallback),
  ),
  set: defineFunction('set', ['value', 'default?'], (value: unknown, fallback: unknown = null) =>
    attempt(() => new PySet(iterate(value)), fallback),
  ),
  set_strict: defineFunction('set_strict', ['value'], (value: unknown) => new PySet(iterate(value))),
  zip: defineFunction('zip', ['*args', 'default?'], (args: unknown[], fallback: unknown = null) =>
    attempt(() => zip(args), fallback),
  ),
  zip_strict: defineFunction('zip_strict', ['*args'], (args: unknown[]) => zip(args)),
  diff_of_two_dicts: defineFunction('diff_of_two_dicts', ['dict_a', 'dict_b'], diffOfTwoDicts),
  local_md5: defineFunction('local_md5', ['value'], (value: unknown) =>
    createHash('md5').update(str(value)).digest('hex'),
  ),
}

/** Data for YAML, with sorted keys when that is wanted. @throws TypeError for what is no data, such as the adapter */
function yamlData(value: unknown, isSorted: boolean): unknown {
  if (value === null || typeof value !== 'object' || scalarText(value) !== undefined) return value
  if (Array.isArray(value) || value instanceof PySet) return [...value].map((item) => yamlData(item, isSorted))
  if (!(value instanceof PyDict) && !isPlainObject(value)) throw new TypeError('This is no data.')
  const entries = pairs(value).map(([key, item]) => [key, yamlData(item, isSorted)] as const)
  return new Map(isSorted ? entries.sort(([a], [b]) => order(a, b)) : entries)
}

/** What YAML shows of a value as Python prints it. */
const scalarText = (value: unknown): string | undefined =>
  value instanceof PyDateTime || value instanceof PyFloat ? str(value) : undefined

function attempt(work: () => unknown, fallback: unknown): unknown {
  try {
    return work()
  } catch {
    return fallback
  }
}

function zip(lists: readonly unknown[]): PyTuple[] {
  const all = lists.map(iterate)
  const count = Math.min(...all.map((list) => list.length))
  return Array.from({ length: all.length === 0 ? 0 : count }, (_, i) => PyTuple.fromArray(all.map((list) => list[i])))
}

function diffOfTwoDicts(a: unknown, b: unknown): PyDict {
  const right = PyDict.from(pairs(b))
  const diff = new PyDict()
  for (const [key, values] of pairs(a)) {
    const other = right.get(key)
    const missing = iterate(values).filter(
      (value) => !(other !== undefined && iterate(other).some((one) => equals(one, value))),
    )
    if (missing.length > 0) diff.set(key, missing)
  }
  return diff
}
