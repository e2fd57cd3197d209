import { runtimeError, typeError } from '../../errors.js'
import { PyBytes } from '../bytes.js'
import type { Kwargs } from '../callable.js'
import { formatText } from '../format.js'
import {
  codePointLength,
  isIterable,
  iterate,
  PyDict,
  PyTuple,
  repeatText,
  toIndex,
  truthy,
  typeName,
} from '../values.js'
import { withArity } from './arity.js'
import type { Method } from './method.js'

const text = (value: unknown, what: string): string => {
  if (typeof value !== 'string') throw typeError(`${what} must be str, not ${typeName(value)}`)
  return value
}
const whitespace = /\s/
const letters = /\p{L}/u

/** Python's names of encodings, as it takes them: `latin-1`, `LATIN1`. @throws JINJA_RUNTIME for another one, and for what it does not have */
function encoded(text: string, encoding: string): Uint8Array {
  const name = encoding.toLowerCase().replaceAll(/[-_ ]/g, '')
  if (name === 'utf8' || name === 'u8') return Buffer.from(text, 'utf8')
  if (name === 'utf16') return Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])
  if (name === 'utf16le') return Buffer.from(text, 'utf16le')
  const most = { ascii: 0x7f, usascii: 0x7f, latin1: 0xff, iso88591: 0xff, l1: 0xff }[name]
  if (most === undefined) throw runtimeError(`LookupError: unknown encoding: ${encoding}`)
  const other = [...text].find((char) => (char.codePointAt(0) as number) > most)
  if (other !== undefined) throw runtimeError(`UnicodeEncodeError: '${encoding}' has no character '${other}'`)
  return Buffer.from(text, 'latin1')
}

function stripped(chars: unknown): string {
  if (typeof chars !== 'string') throw typeError('strip arg must be None or str')
  return chars
}

/** `strip(chars)`: any of the characters, from the wanted ends. */
function strip(self: string, chars: unknown, left: boolean, right: boolean): string {
  const isCut =
    chars == null
      ? (char: string) => whitespace.test(char) || char === '\x1c' || char === '\x1f'
      : (char: string) => stripped(chars).includes(char)
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
  if (typeof separator !== 'string') throw typeError(`must be str or None, not ${typeName(separator)}`)
  const by = separator
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

const needle = (value: unknown): string => {
  if (typeof value !== 'string') throw typeError(`must be str, not ${typeName(value)}`)
  return value
}

function find(self: string, args: readonly unknown[], fromRight: boolean): number {
  const [start, end] = range(self, args)
  const part = needle(args[0])
  const area = self.slice(start, end)
  const at = fromRight ? area.lastIndexOf(part) : area.indexOf(part)
  return at < 0 ? -1 : codePointLength(self.slice(0, start + at))
}

function affix(
  name: string,
  self: string,
  args: readonly unknown[],
  test: (area: string, part: string) => boolean,
): boolean {
  const [start, end] = range(self, args)
  const area = self.slice(start, end)
  const parts = args[0] instanceof PyTuple ? args[0] : [args[0]]
  return parts.some((part) => {
    if (typeof part !== 'string')
      throw typeError(`${name} first arg must be str or a tuple of str, not ${typeName(part)}`)
    return test(area, part)
  })
}

function replace(self: string, args: readonly unknown[]): string {
  const [from, to] = [text(args[0], 'replace() argument 1'), text(args[1], 'replace() argument 2')]
  const most = args[2] == null || toIndex(args[2]) < 0 ? Number.POSITIVE_INFINITY : toIndex(args[2])
  if (from === '') return interleave(self, to, most)
  if (most === Number.POSITIVE_INFINITY)
    // JavaScript reads `$&` in a text as what was found. Only such texts need a function, which is slower.
    return to.includes('$') ? self.replaceAll(from, () => to) : self.replaceAll(from, to)
  const parts = self.split(from)
  return parts.slice(0, most + 1).join(to) + (parts.length > most + 1 ? from + parts.slice(most + 1).join(from) : '')
}

const interleave = (self: string, to: string, most: number) =>
  most === 0 ? self : to + [...self].map((char, i) => (i + 1 < most ? char + to : char)).join('')

const title = (self: string) =>
  self.replace(/\p{L}+/gu, (word) => (word[0] as string).toUpperCase() + word.slice(1).toLowerCase())

function justify(self: string, args: readonly unknown[], side: 'left' | 'right' | 'center'): string {
  const width = toIndex(args[0])
  const fill = args[1] === undefined ? ' ' : text(args[1], 'fill character')
  if (codePointLength(fill) !== 1) throw typeError('The fill character must be exactly one character long')
  const missing = Math.max(0, width - codePointLength(self))
  if (side === 'left') return self + repeatText(fill, missing)
  if (side === 'right') return repeatText(fill, missing) + self
  // Python puts the odd blank on the left when the width is odd.
  const left = (missing >> 1) + (missing & width & 1)
  return repeatText(fill, left) + self + repeatText(fill, missing - left)
}

const all = (pattern: RegExp) => (self: string) => self !== '' && pattern.test(self)
// Python ends a line at more characters than JavaScript's own patterns know.
const lineEnds = new Set(['\n', '\r', '\v', '\f', '\x1c', '\x1d', '\x1e', '\x85', '\u2028', '\u2029'])

function lines(self: string): { readonly text: string; readonly end: string }[] {
  const found: { text: string; end: string }[] = []
  let start = 0
  for (let at = 0; at < self.length; at++) {
    if (!lineEnds.has(self[at] as string)) continue
    const end = self.startsWith('\r\n', at) ? '\r\n' : (self[at] as string)
    found.push({ text: self.slice(start, at), end })
    at += end.length - 1
    start = at + 1
  }
  return start < self.length ? [...found, { text: self.slice(start), end: '' }] : found
}

const hasCase = (self: string) => self.toLowerCase() !== self.toUpperCase()

export const stringMethods: Readonly<Record<string, Method<string>>> = withArity('str', {
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
  splitlines: (self, args, kwargs) => {
    const keeps = truthy(args[0] ?? kwargs?.entries.get('keepends') ?? false)
    return lines(self).map(({ text, end }) => (keeps ? text + end : text))
  },
  partition: (self, [by]) => {
    const at = self.indexOf(separatorOf(by))
    return PyTuple.fromArray(at < 0 ? [self, '', ''] : [self.slice(0, at), by, self.slice(at + (by as string).length)])
  },
  rpartition: (self, [by]) => {
    const at = self.lastIndexOf(separatorOf(by))
    return PyTuple.fromArray(at < 0 ? ['', '', self] : [self.slice(0, at), by, self.slice(at + (by as string).length)])
  },
  join: (self, [items]) => {
    if (!isIterable(items)) throw typeError('can only join an iterable')
    return iterate(items)
      .map((item, i) => {
        if (typeof item !== 'string')
          throw typeError(`sequence item ${i}: expected str instance, ${typeName(item)} found`)
        return item
      })
      .join(self)
  },
  replace,
  startswith: (self, args) => affix('startswith', self, args, (area, part) => area.startsWith(part)),
  endswith: (self, args) => affix('endswith', self, args, (area, part) => area.endsWith(part)),
  find: (self, args) => find(self, args, false),
  rfind: (self, args) => find(self, args, true),
  index: (self, args) => found(find(self, args, false)),
  rindex: (self, args) => found(find(self, args, true)),
  count: (self, args) => {
    const [start, end] = range(self, args)
    const part = needle(args[0])
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
    return self.replace(
      /([^\t\n]*)\t/g,
      (_, before: string) => before + repeatText(' ', width - (before.length % width)),
    )
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
  encode: (self, [encoding = 'utf-8']) => new PyBytes(encoded(self, String(encoding))),
  maketrans: (_, [from, to, removed]) => translationTable(from, to, removed),
  translate: (self, [table]) =>
    [...self]
      .map((char) => {
        const found = (table as PyDict).get(char.codePointAt(0))
        if (found === undefined) return char
        return typeof found === 'number' ? String.fromCodePoint(found) : found === null ? '' : String(found)
      })
      .join(''),
})

function separatorOf(value: unknown): string {
  if (value === '') throw runtimeError('ValueError: empty separator')
  return needle(value)
}

/** `maketrans({'a': 'b'})`, or from the characters of one string to those of another. */
function translationTable(from: unknown, to: unknown, removed: unknown): PyDict {
  const code = (char: unknown) => (typeof char === 'string' ? char.codePointAt(0) : char)
  if (from instanceof PyDict) return PyDict.from([...from].map(([key, value]) => [code(key), value] as const))
  const targets = [...needle(to)]
  const table = PyDict.from([...needle(from)].map((char, i) => [code(char), code(targets[i])] as const))
  for (const char of removed === undefined ? '' : needle(removed)) table.set(code(char), null)
  return table
}

function found(at: number): number {
  if (at < 0) throw runtimeError('ValueError: substring not found')
  return at
}
