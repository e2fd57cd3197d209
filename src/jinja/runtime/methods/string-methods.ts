import { runtimeError, typeError } from '../../errors.js'
import type { Kwargs } from '../callable.js'
import { formatText } from '../format.js'
import { codePointLength, iterate, PyTuple, toIndex, typeName } from '../values.js'

export type Method<T> = (self: T, args: readonly unknown[], kwargs: Kwargs | null) => unknown

const text = (value: unknown, what: string): string => {
  if (typeof value !== 'string') throw typeError(`${what} must be str, not ${typeName(value)}`)
  return value
}
const whitespace = /\s/
const letters = /\p{L}/u

/** `strip(chars)`: any of the characters, from the wanted ends. */
function strip(self: string, chars: unknown, left: boolean, right: boolean): string {
  const isCut =
    chars == null
      ? (char: string) => whitespace.test(char) || char === '\x1c' || char === '\x1f'
      : (char: string) => text(chars, 'strip arg').includes(char)
  let start = 0
  let end = self.length
  if (left) while (start < end && isCut(self[start] as string)) start++
  if (right) while (end > start && isCut(self[end - 1] as string)) end--
  return self.slice(start, end)
}

function split(self: string, args: readonly unknown[], kwargs: Kwargs | null, fromRight: boolean): string[] {
  const separator = args[0] ?? kwargs?.entries.get('sep') ?? null
  const limit = args[1] ?? kwargs?.entries.get('maxsplit') ?? -1
  const most = toIndex(limit) < 0 ? Number.POSITIVE_INFINITY : toIndex(limit)
  if (separator === null) return splitBlanks(self, most, fromRight)
  const by = text(separator, 'separator')
  if (by === '') throw runtimeError('ValueError: empty separator')
  const parts = self.split(by)
  if (parts.length - 1 <= most) return parts
  return fromRight
    ? [parts.slice(0, parts.length - most).join(by), ...parts.slice(parts.length - most)]
    : [...parts.slice(0, most), parts.slice(most).join(by)]
}

function splitBlanks(self: string, most: number, fromRight: boolean): string[] {
  const words = self.trim() === '' ? [] : self.trim().split(/\s+/)
  if (words.length - 1 <= most) return words
  let rest = self.trim()
  const taken: string[] = []
  for (let i = 0; i < most; i++) {
    const match = fromRight ? /\s+(\S+)$/.exec(rest) : /^(\S+)\s+/.exec(rest)
    if (!match) break
    taken.push(match[1] as string)
    rest = fromRight ? rest.slice(0, match.index) : rest.slice(match[0].length)
  }
  return fromRight ? [rest, ...taken.reverse()] : [...taken, rest]
}

/** Start and end of a search, in code units; Python's negative ones count from the end. */
function range(self: string, args: readonly unknown[]): [number, number] {
  const bound = (value: unknown, fallback: number) => {
    if (value == null) return fallback
    const at = toIndex(value)
    return at < 0 ? Math.max(0, self.length + at) : Math.min(at, self.length)
  }
  return [bound(args[1], 0), bound(args[2], self.length)]
}

function find(self: string, args: readonly unknown[], fromRight: boolean): number {
  const [start, end] = range(self, args)
  const part = text(args[0], 'argument')
  const area = self.slice(start, end)
  const at = fromRight ? area.lastIndexOf(part) : area.indexOf(part)
  return at < 0 ? -1 : codePointLength(self.slice(0, start + at))
}

function affix(self: string, args: readonly unknown[], test: (area: string, part: string) => boolean): boolean {
  const [start, end] = range(self, args)
  const area = self.slice(start, end)
  const parts = args[0] instanceof PyTuple ? args[0] : [args[0]]
  return parts.some((part) => test(area, text(part, 'first arg')))
}

function replace(self: string, args: readonly unknown[]): string {
  const [from, to] = [text(args[0], 'replace() argument 1'), text(args[1], 'replace() argument 2')]
  const most = args[2] == null || toIndex(args[2]) < 0 ? Number.POSITIVE_INFINITY : toIndex(args[2])
  if (from === '') return interleave(self, to)
  if (most === Number.POSITIVE_INFINITY) return self.replaceAll(from, () => to)
  const parts = self.split(from)
  return parts.slice(0, most + 1).join(to) + (parts.length > most + 1 ? from + parts.slice(most + 1).join(from) : '')
}

const interleave = (self: string, to: string) => to + [...self].map((char) => char + to).join('')

const title = (self: string) =>
  self.replace(/\p{L}+/gu, (word) => (word[0] as string).toUpperCase() + word.slice(1).toLowerCase())

function justify(self: string, args: readonly unknown[], side: 'left' | 'right' | 'center'): string {
  const width = toIndex(args[0])
  const fill = args[1] === undefined ? ' ' : text(args[1], 'fill character')
  const missing = Math.max(0, width - codePointLength(self))
  if (side === 'left') return self + fill.repeat(missing)
  if (side === 'right') return fill.repeat(missing) + self
  // Python puts the odd blank on the left when the width is odd.
  const left = (missing >> 1) + (missing & width & 1)
  return fill.repeat(left) + self + fill.repeat(missing - left)
}

const all = (pattern: RegExp) => (self: string) => self !== '' && pattern.test(self)
const hasCase = (self: string) => self.toLowerCase() !== self.toUpperCase()

export const stringMethods: Readonly<Record<string, Method<string>>> = {
  upper: (self) => self.toUpperCase(),
  lower: (self) => self.toLowerCase(),
  casefold: (self) => self.toLowerCase().replaceAll('ß', 'ss'),
  title,
  capitalize: (self) => self.slice(0, 1).toUpperCase() + self.slice(1).toLowerCase(),
  swapcase: (self) =>
    [...self].map((char) => (char === char.toUpperCase() ? char.toLowerCase() : char.toUpperCase())).join(''),
  strip: (self, [chars]) => strip(self, chars, true, true),
  lstrip: (self, [chars]) => strip(self, chars, true, false),
  rstrip: (self, [chars]) => strip(self, chars, false, true),
  removeprefix: (self, [part]) => (self.startsWith(text(part, 'prefix')) ? self.slice((part as string).length) : self),
  removesuffix: (self, [part]) =>
    part !== '' && self.endsWith(text(part, 'suffix')) ? self.slice(0, -(part as string).length) : self,
  split: (self, args, kwargs) => split(self, args, kwargs, false),
  rsplit: (self, args, kwargs) => split(self, args, kwargs, true),
  splitlines: (self, [keep]) => {
    const lines = self.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? []
    return keep === true ? [...lines] : lines.map((line) => line.replace(/[\r\n]+$/, ''))
  },
  partition: (self, [by]) => {
    const at = self.indexOf(text(by, 'separator'))
    return PyTuple.fromArray(at < 0 ? [self, '', ''] : [self.slice(0, at), by, self.slice(at + (by as string).length)])
  },
  rpartition: (self, [by]) => {
    const at = self.lastIndexOf(text(by, 'separator'))
    return PyTuple.fromArray(at < 0 ? ['', '', self] : [self.slice(0, at), by, self.slice(at + (by as string).length)])
  },
  join: (self, [items]) =>
    iterate(items)
      .map((item, i) => {
        if (typeof item !== 'string')
          throw typeError(`sequence item ${i}: expected str instance, ${typeName(item)} found`)
        return item
      })
      .join(self),
  replace,
  startswith: (self, args) => affix(self, args, (area, part) => area.startsWith(part)),
  endswith: (self, args) => affix(self, args, (area, part) => area.endsWith(part)),
  find: (self, args) => find(self, args, false),
  rfind: (self, args) => find(self, args, true),
  index: (self, args) => found(find(self, args, false)),
  rindex: (self, args) => found(find(self, args, true)),
  count: (self, args) => {
    const [start, end] = range(self, args)
    const part = text(args[0], 'argument')
    return part === '' ? codePointLength(self.slice(start, end)) + 1 : self.slice(start, end).split(part).length - 1
  },
  format: (self, args, kwargs) => formatText(self, args, kwargs),
  format_map: (self, [mapping]) => formatText(self, [], null, mapping),
  zfill: (self, [width]) => {
    const sign = /^[+-]/.exec(self)?.[0] ?? ''
    return sign + self.slice(sign.length).padStart(toIndex(width) - sign.length, '0')
  },
  ljust: (self, args) => justify(self, args, 'left'),
  rjust: (self, args) => justify(self, args, 'right'),
  center: (self, args) => justify(self, args, 'center'),
  expandtabs: (self, [size]) => {
    const width = size === undefined ? 8 : toIndex(size)
    return self.replace(/([^\t\n]*)\t/g, (_, before: string) => before + ' '.repeat(width - (before.length % width)))
  },
  isdigit: all(/^[\p{Nd}²³¹⁰-⁹]+$/u),
  isdecimal: all(/^\p{Nd}+$/u),
  isnumeric: all(/^\p{N}+$/u),
  isalpha: all(/^\p{L}+$/u),
  isalnum: all(/^[\p{L}\p{N}]+$/u),
  isspace: all(/^\s+$/),
  isupper: (self) => hasCase(self) && self === self.toUpperCase(),
  islower: (self) => hasCase(self) && self === self.toLowerCase(),
  istitle: (self) => letters.test(self) && self === title(self),
  isidentifier: all(/^[\p{ID_Start}_][\p{ID_Continue}]*$/u),
  isascii: (self) => [...self].every((char) => (char.codePointAt(0) as number) < 128),
  isprintable: (self) => !/[\p{Cc}\p{Cf}]/u.test(self),
  encode: (self) => new Uint8Array(Buffer.from(self, 'utf8')),
  translate: (self) => self,
}

function found(at: number): number {
  if (at < 0) throw runtimeError('ValueError: substring not found')
  return at
}
