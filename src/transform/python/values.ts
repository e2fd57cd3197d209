import { parsePythonValues } from '../../base/index.js'
import { float, PyDict, PySet, str } from '../../jinja/index.js'
import { PyDateTime, writtenTime } from '../../python/index.js'

/** A host value as Python would have it: objects become dicts, lists stay. */
export function toPython(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toPython)
  if (value instanceof Date) return value.toISOString()
  if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    return PyDict.from(Object.entries(value).map(([key, item]) => [key, toPython(item)] as const))
  return value
}

/** The reverse: dicts become plain objects, tuples and sets lists, times text. */
export function toPlain(value: unknown): unknown {
  if (value instanceof PyDateTime) return value.iso('T')
  if (value instanceof PySet) return [...value].map(toPlain)
  if (Array.isArray(value)) return value.map(toPlain)
  if (value instanceof PyDict) return Object.fromEntries([...value].map(([key, item]) => [str(key), toPlain(item)]))
  return value
}

/** What a text of YAML holds, for templates: Python's floats, whole numbers, times and keys. @throws any error of YAML's reader */
export const readPythonYaml = (text: string): unknown =>
  parsePythonValues(text, { float, time: writtenTime, mapping: (entries) => PyDict.from(entries) })
