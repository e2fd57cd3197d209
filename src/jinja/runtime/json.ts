import { typeError } from '../errors.js'
import { pairs } from './methods/container-methods.js'
import { str } from './print.js'
import { float, int, isFloat, isInt, isPlainObject, PyDict, PySet, typeName } from './values.js'

/** JSON with Python's separators (`, ` and `: `). */
export function toJson(value: unknown, indent: number | undefined, sortKeys: boolean, level = 0): string {
  const pad = indent === undefined ? '' : `\n${' '.repeat(indent * (level + 1))}`
  const end = indent === undefined ? '' : `\n${' '.repeat(indent * level)}`
  const separator = indent === undefined ? ', ' : ','
  if (value === null) return 'null'
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (typeof value === 'string')
    return JSON.stringify(value).replace(
      /[\u007f-\uffff]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
  if (isInt(value) || isFloat(value)) {
    const text = str(value)
    return { nan: 'NaN', inf: 'Infinity', '-inf': '-Infinity' }[text] ?? text
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    return `[${pad}${value.map((one) => toJson(one, indent, sortKeys, level + 1)).join(separator + pad)}${end}]`
  }
  if (value instanceof PyDict || isPlainObject(value)) {
    const entries = pairs(value).map(([key, one]) => [jsonKey(key), one] as const)
    if (entries.length === 0) return '{}'
    if (sortKeys) entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    return `{${pad}${entries.map(([key, one]) => `${toJson(key, undefined, false)}: ${toJson(one, indent, sortKeys, level + 1)}`).join(separator + pad)}${end}}`
  }
  if (value instanceof PySet) throw typeError('Object of type set is not JSON serializable')
  const own = (value as { toJSON?: () => unknown }).toJSON
  if (typeof own === 'function' && !typeName(value).startsWith('datetime.'))
    return toJson(own.call(value), indent, sortKeys, level)
  throw typeError(`Object of type ${typeName(value).replace(/^.*\./, '')} is not JSON serializable`)
}

function jsonKey(key: unknown): string {
  if (typeof key === 'string') return key
  if (key === null || isInt(key) || isFloat(key)) return toJson(key, undefined, false)
  throw typeError(`keys must be str, int, float, bool or None, not ${typeName(key)}`)
}

/** Commas and colons say nothing that brackets do not. */
const jsonToken = /"(?:[^"\\]|\\.)*"|[[\]{}]|[^\s"[\]{},:]+/g

const noNumber = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g
const noNumbers: Readonly<Record<string, number>> = { NaN: NaN, Infinity: Infinity, '-Infinity': -Infinity }

/** Reads JSON as Python does: `3.0` is a float, whole numbers are exact, keys stay in order. @throws SyntaxError */
export function fromJson(text: string): unknown {
  // It says what is wrong; from here on nothing is. What is no number is something to Python.
  JSON.parse(text.replace(noNumber, (found) => (found.startsWith('"') ? found : 'null')))
  const tokens = (text.match(jsonToken) ?? []).values()
  const next = () => tokens.next().value as string
  const read = (token: string): unknown => {
    if (token === '[') {
      const list: unknown[] = []
      for (let one = next(); one !== ']'; one = next()) list.push(read(one))
      return list
    }
    if (token === '{') {
      const dict = new PyDict()
      for (let key = next(); key !== '}'; key = next()) dict.set(JSON.parse(key), read(next()))
      return dict
    }
    if (Object.hasOwn(noNumbers, token)) return float(noNumbers[token] as number)
    if (/^[-\d]/.test(token)) return /^-?\d+$/.test(token) ? int(BigInt(token)) : float(Number(token))
    return JSON.parse(token)
  }
  return read(next())
}
