import { order } from './operators.js'
import { repr } from './print.js'
import { isPlainObject, PyDict, PySet, PyTuple } from './values.js'
import { PyView } from './view.js'

const width = 80

/** Python's `pprint.pformat`: keys sorted, and what does not fit into a line of 80 columns one item a line. */
export function prettyRepr(value: unknown, indent = 0, allowance = 0): string {
  const flat = repr(sorted(value))
  if (flat.length <= width - indent - allowance) return flat
  if (value instanceof PyDict || isPlainObject(value)) {
    const entries = sortedEntries(value)
    const lines = entries.map(([key, item], i) => {
      const name = `${repr(key)}: `
      const isLast = i === entries.length - 1
      return name + prettyRepr(item, indent + 1 + name.length, isLast ? allowance + 1 : 1)
    })
    return `{${lines.join(`,\n${' '.repeat(indent + 1)}`)}}`
  }
  if (value instanceof PyView || !(Array.isArray(value) || value instanceof PySet)) return flat
  const items = value instanceof PySet ? ordered([...value]) : value
  const [open, close] = value instanceof PyTuple ? ['(', ')'] : value instanceof PySet ? ['{', '}'] : ['[', ']']
  const lines = items.map((item, i) => prettyRepr(item, indent + 1, i === items.length - 1 ? allowance + 1 : 1))
  const only = value instanceof PyTuple && items.length === 1 ? ',' : ''
  return `${open}${lines.join(`,\n${' '.repeat(indent + 1)}`)}${only}${close}`
}

function ordered(items: readonly unknown[]): readonly unknown[] {
  try {
    return [...items].sort((a, b) => order(a, b))
  } catch {
    return items
  }
}

function sortedEntries(value: PyDict | Record<string, unknown>): readonly (readonly [unknown, unknown])[] {
  const entries = value instanceof PyDict ? [...value] : Object.entries(value)
  try {
    return entries.sort(([a], [b]) => order(a, b))
  } catch {
    return entries
  }
}

/** The value with the keys of its dicts in order, for printing on one line. */
function sorted(value: unknown): unknown {
  if (value instanceof PyDict || isPlainObject(value))
    return PyDict.from(sortedEntries(value).map(([key, item]) => [key, sorted(item)] as const))
  if (value instanceof PyTuple) return PyTuple.fromArray(value.map(sorted))
  if (Array.isArray(value) && !(value instanceof PyView)) return value.map(sorted)
  return value
}
