import { runtimeError, typeError } from '../../errors.js'
import { attribute } from '../attributes.js'
import type { Kwargs } from '../callable.js'
import { roundDecimal } from '../decimal.js'
import { toJson } from '../json.js'
import { dictMethods, pairs } from '../methods/container-methods.js'
import { stringMethods } from '../methods/string-methods.js'
import { binary } from '../operators.js'
import { percentFormat, roundedHalfEven } from '../percent-format.js'
import { prettyRepr } from '../pretty-print.js'
import { repr, str } from '../print.js'
import { pythonFloat } from '../python-float.js'
import {
  Decimal,
  float,
  int,
  isFloat,
  isInt,
  isMapping,
  isNumber,
  isPlainObject,
  Markup,
  makeUndefined,
  PyDict,
  PyFloat,
  PyTuple,
  toIndex,
  toNumber,
  truthy,
  typeName,
  Undefined,
} from '../values.js'
import { wholeNumber } from '../whole-number.js'
import { type FilterDefinition, filter, scopedFilter } from './registry.js'
import { urlize } from './urlize.js'

const method = (name: string) => filter([], (input: unknown) => stringMethods[name]?.(str(input), [], null))

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' }
const unescaped = (text: string) =>
  text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, digits?: string) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
    return digits !== undefined ? String.fromCodePoint(Number(digits)) : (entities[whole] ?? whole)
  })
const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&nbsp;': '\u00a0',
}
const escapeText = (value: unknown) =>
  value instanceof Markup ? value : new Markup(str(value).replace(/[&<>"']/g, (char) => escapes[char] as string))

/** Words start with a capital, as Jinja's own `title` sees words. */
const title = (text: string) =>
  text
    .split(/([-\s({[<]+)/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase())
    .join('')

function truncate(text: string, size: number, killWords: boolean, end: string, leeway: number): string {
  if (size < end.length) throw runtimeError(`AssertionError: expected length >= ${end.length}, got ${size}`)
  if (leeway < 0) throw runtimeError(`AssertionError: expected leeway >= 0, got ${leeway}`)
  if (text.length <= size + leeway) return text
  if (killWords) return text.slice(0, size - end.length) + end
  const cut = text.slice(0, size - end.length)
  const at = cut.lastIndexOf(' ')
  return (at < 0 ? cut : cut.slice(0, at)) + end
}

function wrapLine(line: string, width: number, breakLong: boolean, breakHyphens: boolean): string[] {
  const words = line.match(breakHyphens ? /\s+|[^\s-]+-+|[^\s-]+|-+/g : /\s+|\S+/g) ?? []
  const lines: string[] = []
  let current = ''
  for (const word of words) {
    if (current === '' && /^\s/.test(word) && lines.length > 0) continue
    if (current.length + word.length <= width) {
      current += word
      continue
    }
    if (/^\s/.test(word)) {
      lines.push(current.trimEnd())
      current = ''
      continue
    }
    let rest = word
    if (current.trim() !== '' && !(breakLong && word.length > width)) {
      lines.push(current.trimEnd())
      current = ''
    }
    while (breakLong && current.length + rest.length > width) {
      const room = Math.max(1, width - current.length)
      lines.push((current + rest.slice(0, room)).trimEnd())
      rest = rest.slice(room)
      current = ''
    }
    current += rest
  }
  if (current.trim() !== '') lines.push(current.trimEnd())
  return lines.length === 0 ? [''] : lines
}

const wrappableLines = (text: string) => text.split(/\r\n|\r|\n/)
function positiveWidth(width: unknown): number {
  const columns = toIndex(width)
  if (columns <= 0) throw runtimeError(`ValueError: invalid width ${columns} (must be > 0)`)
  return columns
}

function toInt(value: unknown, fallback: unknown, base: unknown): unknown {
  if (isInt(value)) return typeof value === 'boolean' ? Number(value) : value
  // As in Jinja: what is no number becomes the default, what has no end fails.
  if (isFloat(value) || value instanceof Decimal)
    return Number.isNaN(toNumber(value)) ? fallback : int(wholeNumber(value))
  if (value instanceof Undefined) value.fail()
  if (typeof value !== 'string') return fallback
  const text = value.trim().replace(/_(?=\d)/g, '')
  const radix = toIndex(base)
  const body = radix === 10 ? text : text.replace(/^([+-]?)0[xob]/i, '$1')
  const digits = '0123456789abcdefghijklmnopqrstuvwxyz'.slice(0, radix)
  if (new RegExp(`^[+-]?[${digits}]+$`, 'i').test(body)) {
    const magnitude = [...body.replace(/^[+-]/, '').toLowerCase()].reduce(
      (sum, digit) => sum * BigInt(radix) + BigInt(digits.indexOf(digit)),
      0n,
    )
    return int(body.startsWith('-') ? -magnitude : magnitude)
  }
  const asFloat = pythonFloat(text)
  return asFloat === undefined || !Number.isFinite(asFloat) ? fallback : int(BigInt(Math.trunc(asFloat)))
}

function round(value: unknown, precision: number, how: unknown): unknown {
  if (value instanceof Undefined || !isNumber(value))
    throw typeError(`type ${typeName(value)} doesn't define __round__ method`)
  const number = toNumber(value)
  const factor = 10 ** precision
  if (how === 'common' && isInt(value)) return roundInteger(value, 10n ** BigInt(Math.max(0, -precision)))
  if (how === 'common' && value instanceof Decimal) return roundDecimal(value, precision)
  if (how === 'ceil') return float(Math.ceil(number * factor) / factor)
  if (how === 'floor') return float(Math.floor(number * factor) / factor)
  if (how !== 'common') throw runtimeError('method must be common, ceil or floor')
  return float(precision >= 0 ? roundHalfEven(number, precision) : roundToTens(number, -precision))
}

function roundHalfEven(value: number, precision: number): number {
  if (!Number.isFinite(value) || precision > 15) return value
  const magnitude = Number(roundedHalfEven(Math.abs(value), precision))
  return value < 0 || Object.is(value, -0) ? -magnitude : magnitude
}

/** To so many zeros before the point, ties to even. */
function roundToTens(value: number, zeros: number): number {
  if (!Number.isFinite(value)) return value
  const magnitude = Math.abs(value)
  // More than the largest number has.
  const unit = 10n ** BigInt(Math.min(zeros, 400))
  const whole = BigInt(Math.trunc(magnitude))
  const rest = whole % unit
  const isMore = rest * 2n > unit || (rest * 2n === unit && !Number.isInteger(magnitude))
  const isUp = isMore || (rest * 2n === unit && (whole / unit) % 2n === 1n)
  const rounded = Number(whole - rest + (isUp ? unit : 0n))
  return value < 0 || Object.is(value, -0) ? -rounded : rounded
}

/** Integers, to tens, hundreds and so on. */
function roundInteger(value: unknown, unit: bigint): unknown {
  const whole = BigInt(value as number)
  const rest = ((whole % unit) + unit) % unit
  const down = whole - rest
  const isUp = rest * 2n > unit || (rest * 2n === unit && (down / unit) % 2n !== 0n)
  return int(isUp ? down + unit : down)
}

function fileSize(value: unknown, isBinary: boolean): string {
  const bytes = typeof value === 'string' ? pythonFloat(value) : toNumber(value)
  if (bytes === undefined) throw runtimeError(`ValueError: could not convert string to float: ${repr(value)}`)
  const base = isBinary ? 1024 : 1000
  const units = isBinary
    ? ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB']
    : ['kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB']
  if (bytes === 1) return '1 Byte'
  if (bytes < base) return `${Math.trunc(bytes)} Bytes`
  let size = bytes
  for (const [i, unit] of units.entries()) {
    size /= base
    if (size < base || i === units.length - 1) return `${size.toFixed(1)} ${unit}`
  }
  return ''
}

const htmlSafe = (json: string) => json.replace(/[<>&']/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`)
const quoteUrl = (text: string) =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/')

export const textFilters: Readonly<Record<string, FilterDefinition>> = {
  upper: method('upper'),
  lower: method('lower'),
  capitalize: method('capitalize'),
  title: filter([], (input: unknown) => title(str(input))),
  trim: filter(['chars?'], (input: unknown, chars: unknown) =>
    stringMethods.strip?.(str(input), [chars ?? null], null),
  ),
  replace: filter(['old', 'new', 'count?'], (input: unknown, old: unknown, replacement: unknown, count: unknown) =>
    stringMethods.replace?.(str(input), [str(old), str(replacement), count ?? null], null),
  ),
  center: filter(['width?'], (input: unknown, width: unknown = 80) =>
    stringMethods.center?.(str(input), [width], null),
  ),
  indent: filter(
    ['width?', 'first?', 'blank?'],
    (input: unknown, width: unknown = 4, first: unknown = false, blank: unknown = false) => {
      const pad = typeof width === 'string' ? width : str(binary('*', ' ', width))
      if (input instanceof Undefined) input.fail()
      const lines = str(input).split(/\r\n|\r|\n/)
      const indented = lines.map((line, i) =>
        i === 0 ? (truthy(first) ? pad + line : line) : line === '' && !truthy(blank) ? line : pad + line,
      )
      return indented.join('\n')
    },
  ),
  truncate: filter(
    ['length?', 'killwords?', 'end?', 'leeway?'],
    (input: unknown, size: unknown = 255, kill: unknown = false, end: unknown = '...', leeway: unknown = 5) =>
      truncate(str(input), toIndex(size), truthy(kill), str(end), leeway === null ? 5 : toIndex(leeway)),
  ),
  wordcount: filter([], (input: unknown) => (str(input).match(/[\p{L}\p{N}_]+/gu) ?? []).length),
  wordwrap: filter(
    ['width?', 'break_long_words?', 'wrapstring?', 'break_on_hyphens?'],
    (input: unknown, width: unknown = 79, breakLong: unknown = true, wrap: unknown = null, hyphens: unknown = true) =>
      wrappableLines(str(input))
        .map((line) =>
          wrapLine(line, positiveWidth(width), truthy(breakLong), truthy(hyphens)).join(
            wrap === null ? '\n' : str(wrap),
          ),
        )
        .join(wrap === null ? '\n' : str(wrap)),
  ),
  urlize: filter(
    ['trim_url_limit?', 'nofollow?', 'target?', 'rel?'],
    (input: unknown, limit: unknown = null, nofollow: unknown = false, target: unknown = null, rel: unknown = null) =>
      urlize(
        escapeText(input).text,
        limit === null ? undefined : toIndex(limit),
        [...(rel === null ? [] : str(rel).split(/\s+/)), ...(truthy(nofollow) ? ['nofollow'] : [])],
        target === null ? undefined : str(target),
      ),
  ),
  string: filter([], (input: unknown) => (input instanceof Markup ? input : str(input))),
  format: filter(['*args', '**kwargs'], (input: unknown, args: unknown[], kwargs: Kwargs) => {
    if (args.length > 0 && kwargs.size > 0)
      throw typeError("can't handle positional and keyword arguments at the same time")
    return percentFormat(str(input), kwargs.size > 0 ? PyDict.from(kwargs.entries) : PyTuple.fromArray(args))
  }),
  escape: filter([], escapeText),
  e: filter([], escapeText),
  forceescape: filter([], (input: unknown) => escapeText(str(input))),
  safe: filter([], (input: unknown) => new Markup(str(input))),
  striptags: filter([], (input: unknown) =>
    unescaped(
      str(input)
        .replace(/<!--[\s\S]*?-->|<[^>]*>/g, '')
        .replace(/\s+/g, ' ')
        .trim(),
    ),
  ),
  urlencode: filter([], (input: unknown) => {
    if (typeof input === 'string') return quoteUrl(input)
    const list = input instanceof PyDict || isPlainObject(input) || Array.isArray(input) ? pairs(input) : undefined
    if (!list) return quoteUrl(str(input))
    const part = (value: unknown) => quoteUrl(str(value)).replaceAll('/', '%2F').replaceAll('%20', '+')
    return list.map(([key, value]) => `${part(key)}=${part(value)}`).join('&')
  }),
  int: filter(['default?', 'base?'], (input: unknown, fallback: unknown = 0, base: unknown = 10) =>
    toInt(input, fallback, base),
  ),
  float: filter(['default?'], (input: unknown, fallback: unknown = new PyFloat(0)) => {
    if (isInt(input) || isFloat(input) || input instanceof Decimal) return float(toNumber(input))
    if (input instanceof Undefined) input.fail()
    const number = typeof input === 'string' ? pythonFloat(input) : undefined
    return number === undefined ? fallback : float(number)
  }),
  abs: filter([], (input: unknown) => {
    if (isInt(input)) return int(BigInt(input) < 0n ? -BigInt(input) : BigInt(input))
    if (isFloat(input)) return float(Math.abs(toNumber(input)))
    if (input instanceof Decimal) return new Decimal(input.text.replace(/^-/, ''))
    throw typeError(`bad operand type for abs(): '${typeName(input)}'`)
  }),
  round: filter(['precision?', 'method?'], (input: unknown, precision: unknown = 0, how: unknown = 'common') =>
    round(input, toIndex(precision), how),
  ),
  filesizeformat: filter(['binary?'], (input: unknown, binary: unknown = false) => fileSize(input, truthy(binary))),
  tojson: filter(
    ['indent?'],
    (input: unknown, indent: unknown) =>
      new Markup(htmlSafe(toJson(input, indent == null ? undefined : toIndex(indent), true))),
  ),
  pprint: filter([], (input: unknown) => prettyRepr(input)),
  xmlattr: filter(['autospace?'], (input: unknown, autospace: unknown = true) => {
    if (!isMapping(input)) throw runtimeError(`AttributeError: '${typeName(input)}' object has no attribute 'items'`)
    const entries = pairs(input).filter(([, value]) => value !== null && !(value instanceof Undefined))
    const wrong = entries.find(([key]) => /[\s/>=]/.test(str(key)))
    if (wrong) throw runtimeError(`ValueError: Invalid character in attribute name: ${repr(wrong[0])}`)
    const parts = entries.map(([key, value]) => `${str(key)}="${escapeText(value).text}"`)
    return parts.length > 0 && truthy(autospace) ? ` ${parts.join(' ')}` : parts.join(' ')
  }),
  default: scopedFilter(
    ['default_value?', 'boolean?'],
    (_, input: unknown, fallback: unknown = '', boolean: unknown = false) =>
      input instanceof Undefined || (truthy(boolean) && !truthy(input)) ? fallback : input,
  ),
  attr: scopedFilter(['name'], (scope, input: unknown, name: unknown) =>
    input instanceof PyDict && !(str(name) in dictMethods)
      ? makeUndefined(scope.undefinedKind, str(name))
      : attribute(input, str(name), scope.undefinedKind),
  ),
}
