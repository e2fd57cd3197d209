import { isPlainObject, PyDict, PyFloat, PyTuple, str, Undefined } from '../../../jinja/index.js'
import { isComplex, mappingOf, pythonLiteral } from './python-literal.js'

const other = Symbol('is printed and read again')

/**
 * What becomes of a value that a template has printed, when Python reads the text as a literal: the value itself, nearly always, which
 * is known without printing it. What is no literal stays the text.
 */
export function readAgain(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
      return readText(value)
    case 'boolean':
    case 'bigint':
      return value
    case 'number':
      return Number.isFinite(value) ? value : str(value)
  }
  if (value === null || value instanceof PyFloat) return value
  if (value instanceof Undefined) return ''
  const copy = copied(value)
  return copy === other ? readText(str(value)) : copy
}

/** A complex number alone stays a text, too. */
export function readText(text: string): unknown {
  const value = pythonLiteral(text)
  return value === undefined || isComplex(value) ? text : value
}

/** A copy, as deep as it is; `other` where something is in it that Python prints as no literal. */
function copied(value: unknown, depth = 0): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'bigint':
      return value
    case 'number':
      return Number.isFinite(value) ? value : other
  }
  if (value === null || value instanceof PyFloat) return value
  if (depth > 90) return other
  if (Array.isArray(value)) {
    const items: unknown[] = value instanceof PyTuple ? new PyTuple() : []
    if (Object.getPrototypeOf(value) !== Array.prototype && !(value instanceof PyTuple)) return other
    for (const item of value) {
      const copy = copied(item, depth + 1)
      if (copy === other) return other
      items.push(copy)
    }
    return items
  }
  if (value instanceof PyDict) return copiedDict(value, depth)
  if (!isPlainObject(value)) return other
  const copy: Record<string, unknown> = {}
  for (const key in value) {
    const item = copied(value[key], depth + 1)
    if (item === other || key === '__proto__') return other
    copy[key] = item
  }
  return copy
}

function copiedDict(dict: PyDict, depth: number): unknown {
  const entries: [unknown, unknown][] = []
  for (const [key, item] of dict) {
    const copy = copied(item, depth + 1)
    if (copy === other || typeof key !== 'string') return other
    entries.push([key, copy])
  }
  return mappingOf(entries)
}
