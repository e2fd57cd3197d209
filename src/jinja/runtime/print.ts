import {
  Decimal,
  isPlainObject,
  Markup,
  Namespace,
  PyDict,
  PyFloat,
  PySet,
  PyTuple,
  StrictUndefined,
  typeName,
  Undefined,
} from './values.js'
import { PyView } from './view.js'

/** A value that knows how Python would print it. */
export interface Printable {
  pythonStr?(): string
  pythonRepr?(): string
}

/** Python's `str(value)`, as `{{ value }}` prints it. */
export function str(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      return Number.isInteger(value) ? String(value) : floatText(value)
    case 'boolean':
      return value ? 'True' : 'False'
    case 'bigint':
      return String(value)
  }
  if (value instanceof Undefined) {
    if (value instanceof StrictUndefined) value.fail()
    return ''
  }
  if (value instanceof Markup) return value.text
  if (value instanceof Decimal) return decimalText(value.text)
  const printable = value as Printable | null | undefined
  if (printable && typeof printable.pythonStr === 'function') return printable.pythonStr()
  return repr(value)
}

const maxReprDepth = 200

/** Python's `repr(value)`. */
export function repr(value: unknown, depth = 0): string {
  if (depth > maxReprDepth) return '...'
  switch (typeof value) {
    case 'string':
      return quote(value)
    case 'number':
    case 'boolean':
    case 'bigint':
      return str(value)
    case 'undefined':
      return 'Undefined'
    case 'function':
      return `<function ${value.name || 'anonymous'}>`
  }
  if (value === null) return 'None'
  if (value instanceof PyFloat) return floatText(value.value)
  const inner = (item: unknown) => (item === value ? '[...]' : repr(item, depth + 1))
  if (value instanceof PyTuple) return value.length === 1 ? `(${inner(value[0])},)` : `(${value.map(inner).join(', ')})`
  if (value instanceof PyView) return value.shown ?? `${value.pythonType}([${value.map(inner).join(', ')}])`
  if (Array.isArray(value)) return `[${value.map(inner).join(', ')}]`
  if (value instanceof PyDict) return dictText(value, value, depth)
  if (value instanceof PySet) return value.size === 0 ? 'set()' : `{${[...value].map(inner).join(', ')}}`
  if (value instanceof Undefined) return 'Undefined'
  if (value instanceof Decimal) return `Decimal('${decimalText(value.text)}')`
  if (value instanceof Markup) return `Markup(${quote(value.text)})`
  if (value instanceof Namespace) return `<Namespace ${dictText(value.values, value, depth)}>`
  const printable = value as Printable
  if (typeof printable.pythonRepr === 'function') return printable.pythonRepr()
  if (typeof printable.pythonStr === 'function') return printable.pythonStr()
  if (isPlainObject(value)) return dictText(Object.entries(value), value, depth)
  return `<${typeName(value)} object>`
}

function dictText(entries: Iterable<readonly [unknown, unknown]>, self: unknown, depth: number): string {
  const parts: string[] = []
  for (const [key, item] of entries)
    parts.push(`${repr(key, depth + 1)}: ${item === self ? '{...}' : repr(item, depth + 1)}`)
  return `{${parts.join(', ')}}`
}

/** Python's shortest form of a float: `1.0`, `1e+16`, `1e-05`, `inf`, `nan`. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Object.is(value, -0)) return '-0.0'
  const magnitude = Math.abs(value)
  if (magnitude !== 0 && (magnitude >= 1e16 || magnitude < 1e-4)) {
    const [mantissa = '', exponent = '0'] = value.toExponential().split('e')
    const power = Number(exponent)
    const digits = String(Math.abs(power)).padStart(2, '0')
    return `${mantissa}e${power < 0 ? '-' : '+'}${digits}`
  }
  const text = String(value)
  return /[.e]/.test(text) ? text : `${text}.0`
}

// What Python escapes in repr: control characters, separators and unassigned or private code points.
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u

/** A decimal that begins right of the sixth place behind the point is shown with an exponent. */
export function decimalText(text: string): string {
  const [, sign = '', zeros = '', digits = ''] = /^(-?)0?\.(0*)(\d+)$/.exec(text) ?? []
  // `0.0000000` ends in the zero that counts as its digit.
  const significant = digits.replace(/^0+(?=\d)/, '')
  const places = zeros.length + digits.length
  if (places - significant.length + 1 <= 6 || digits === '') return text
  const mantissa = significant.length === 1 ? significant : `${significant[0]}.${significant.slice(1)}`
  return `${sign}${mantissa}E-${places - significant.length + 1}`
}

/** Python's `ascii(value)`. */
export const asciiRepr = (value: unknown): string =>
  repr(value).replace(/\P{ASCII}/gu, (char) => escapeCode(char.codePointAt(0) as number))

/** Texts in which nothing but quotes may have to be escaped: nearly all. */
const plain = /^[ -[\]-~]*$/

function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'"
  if (plain.test(text)) return `${mark}${text.replaceAll(mark, `\\${mark}`)}${mark}`
  let out = mark
  for (const char of text) {
    if (char === mark || char === '\\') out += `\\${char}`
    else if (char === '\n') out += '\\n'
    else if (char === '\r') out += '\\r'
    else if (char === '\t') out += '\\t'
    else if (unprintable.test(char)) out += escapeCode(char.codePointAt(0) as number)
    else out += char
  }
  return out + mark
}

function escapeCode(code: number): string {
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`
  return `\\U${code.toString(16).padStart(8, '0')}`
}
