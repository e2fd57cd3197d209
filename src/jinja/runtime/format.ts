import { runtimeError, typeError } from '../errors.js'
import type { Kwargs } from './callable.js'
import { formatFloat } from './percent-format.js'
import { repr, str } from './print.js'
import { isFloat, isInt, isPlainObject, PyDict, toNumber, typeName } from './values.js'

/** `str.format`: `{}`, `{0}`, `{name}`, `{a.b[c]!r:>10.2f}`, `{{`. */
export function formatText(
  template: string,
  args: readonly unknown[],
  kwargs: Kwargs | null,
  mapping?: unknown,
): string {
  let automatic = 0
  return template.replace(/\{\{|\}\}|\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}|[{}]/g, (whole, field: string | undefined) => {
    if (whole === '{{') return '{'
    if (whole === '}}') return '}'
    if (field === undefined) throw runtimeError(`ValueError: Single '${whole}' encountered in format string`)
    const match = /^([^!:]*)(?:!([rsa]))?(?::([\s\S]*))?$/.exec(field)
    if (!match) throw runtimeError(`ValueError: invalid replacement field {${field}}`)
    const [, path = '', conversion, spec = ''] = match
    const [first = ''] = /^[^.[]*/.exec(path) ?? []
    let value: unknown
    if (first === '') value = positional(args, automatic++)
    else if (/^\d+$/.test(first)) value = positional(args, Number(first))
    else value = named(first, kwargs, mapping)
    for (const step of path.slice(first.length).matchAll(/\.([^.[]+)|\[([^\]]+)\]/g))
      value = descend(value, (step[1] ?? step[2]) as string)
    if (conversion) value = conversion === 's' ? str(value) : repr(value)
    const resolved = spec.includes('{') ? formatText(spec, args.slice(automatic), kwargs, mapping) : spec
    return applySpec(value, resolved)
  })
}

function positional(args: readonly unknown[], at: number): unknown {
  if (at >= args.length)
    throw runtimeError(`IndexError: Replacement index ${at} out of range for positional args tuple`)
  return args[at]
}

function named(name: string, kwargs: Kwargs | null, mapping: unknown): unknown {
  if (kwargs?.entries.has(name)) return kwargs.entries.get(name)
  if (mapping instanceof PyDict && mapping.has(name)) return mapping.get(name)
  if (isPlainObject(mapping) && name in mapping) return mapping[name]
  throw runtimeError(`KeyError: '${name}'`)
}

function descend(value: unknown, key: string): unknown {
  if (Array.isArray(value) && /^\d+$/.test(key)) return value[Number(key)]
  if (value instanceof PyDict) return value.get(key)
  if (isPlainObject(value)) return value[key]
  throw typeError(`'${typeName(value)}' object has no attribute '${key}'`)
}

const specPattern = /^(?:([\s\S])?([<>=^]))?([-+ ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/

/** Python's format specification: `>10`, `,.2f`, `05d`, `%`. */
export function applySpec(value: unknown, spec: string): string {
  if (spec === '') return str(value)
  const match = specPattern.exec(spec)
  if (!match) throw runtimeError(`ValueError: Invalid format specifier '${spec}'`)
  const [, fill, align, sign = '-', alternate, zero, width, grouping, precision, type] = match
  const isNumeric = isInt(value) || isFloat(value)
  let text = isNumeric && type !== 's' ? numberText(value, type, precision, grouping, sign, alternate) : str(value)
  if (!isNumeric && precision !== undefined) text = text.slice(0, Number(precision))
  const missing = Number(width ?? 0) - text.length
  if (missing <= 0) return text
  const char = fill ?? (zero ? '0' : ' ')
  const side = align ?? (zero ? '=' : isNumeric ? '>' : '<')
  if (side === '=') {
    const lead = /^[-+ ]/.exec(text)?.[0] ?? ''
    return lead + char.repeat(missing) + text.slice(lead.length)
  }
  if (side === '<') return text + char.repeat(missing)
  if (side === '>') return char.repeat(missing) + text
  const left = missing >> 1
  return char.repeat(left) + text + char.repeat(missing - left)
}

function numberText(
  value: unknown,
  type: string | undefined,
  precision: string | undefined,
  grouping: string | undefined,
  sign: string,
  alternate: string | undefined,
): string {
  const digits = precision === undefined ? undefined : Number(precision)
  let isNegative: boolean
  let body: string
  if (isInt(value) && (type === undefined || 'bcdoxXn'.includes(type))) {
    const whole = BigInt(value)
    isNegative = whole < 0n
    const magnitude = isNegative ? -whole : whole
    const radix = { b: 2, o: 8, x: 16, X: 16 }[type ?? 'd'] ?? 10
    body = type === 'c' ? String.fromCodePoint(Number(magnitude)) : magnitude.toString(radix)
    if (type === 'X') body = body.toUpperCase()
    if (alternate && radix !== 10) body = `0${type}${body}`
  } else {
    const number = toNumber(value)
    isNegative = number < 0 || Object.is(number, -0)
    const magnitude = Math.abs(number)
    if (type === '%') body = `${formatFloat(magnitude * 100, 'f', digits ?? 6)}%`
    else if (type === undefined && digits === undefined) body = str(isFloat(value) ? absolute(value) : magnitude)
    else body = formatFloat(magnitude, type ?? 'g', digits ?? 6)
  }
  if (grouping) body = body.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+(?!\d))/g, grouping))
  return (isNegative ? '-' : sign === '-' ? '' : sign) + body
}

const absolute = (value: unknown) => {
  const text = str(value)
  return text.startsWith('-') ? text.slice(1) : text
}
