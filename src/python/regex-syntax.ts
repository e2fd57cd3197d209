import { runtimeError } from '../jinja/index.js'

/** What a pattern's flags change in its translation. */
export interface RegexFlags {
  readonly isMultiline: boolean
  readonly isDotAll: boolean
  readonly isVerbose: boolean
}

const word = '\\p{L}\\p{N}_'
/** Python's classes know all of Unicode, JavaScript's only ASCII. */
const classes: Readonly<Record<string, string>> = {
  w: `[${word}]`,
  W: `[^${word}]`,
  d: '\\p{Nd}',
  D: '\\P{Nd}',
  s: '[\\s\\x1c-\\x1f]',
  S: '[^\\s\\x1c-\\x1f]',
}
const start = '(?<![\\s\\S])'
const end = '(?![\\s\\S])'
const anchors: Readonly<Record<string, string>> = {
  A: start,
  Z: end,
  b: `(?:(?<=[${word}])(?![${word}])|(?<![${word}])(?=[${word}]))`,
  B: `(?:(?<=[${word}])(?=[${word}])|(?<![${word}])(?![${word}]))`,
}
const syntax = /[\^$\\.*+?()[\]{}|/]/
/** Every sign that JavaScript's flag `v` wants escaped in a class. */
const classSyntax = /[()[\]{}/\-|\\&!#%,:;<=>@`~^$.*+?]/
const literal = (char: string) => (syntax.test(char) ? `\\${char}` : char)
const classLiteral = (char: string) => (classSyntax.test(char) ? `\\${char}` : char)

/** A pattern of Python's `re` as a pattern of JavaScript with the flag `v`. */
export function translatePattern(pattern: string, flags: RegexFlags): string {
  let out = ''
  for (let at = 0; at < pattern.length; ) {
    const rest = pattern.slice(at)
    const char = pattern[at] as string
    if (char === '\\') {
      const [text, length] = escaped(rest)
      out += text
      at += length
    } else if (char === '[') {
      const [text, length] = characterClass(rest)
      out += text
      at += length
    } else if (char === '(') {
      const [text, length] = group(rest)
      out += text
      at += length
    } else if (char === '{') {
      const [whole, least = '', more] = /^\{(\d*)(,\d*)?\}/.exec(rest) ?? ['']
      const isCount = whole !== '' && whole !== '{}' && whole !== '{,}'
      out += isCount ? `{${least || '0'}${more ?? ''}}` : '\\{'
      at += isCount ? whole.length : 1
    } else if (flags.isVerbose && /\s/.test(char)) at++
    else if (flags.isVerbose && char === '#') at += /^#[^\n]*\n?/.exec(rest)?.[0].length ?? 1
    else {
      out += plain(char, flags)
      at++
    }
  }
  return out
}

function plain(char: string, { isMultiline, isDotAll }: RegexFlags): string {
  switch (char) {
    case '.':
      return isDotAll ? '[\\s\\S]' : '[^\\n]'
    case '^':
      return isMultiline ? `(?:${start}|(?<=\\n))` : start
    // Python's `$` also stands before the line end that ends the text.
    case '$':
      return isMultiline ? `(?:${end}|(?=\\n))` : `(?=\\n?${end})`
    case '}':
    case ']':
    case '/':
      return `\\${char}`
  }
  return char
}

function escaped(rest: string): readonly [string, number] {
  const char = rest[1] ?? ''
  const anchor = anchors[char] ?? classes[char]
  if (anchor !== undefined) return [anchor, 2]
  if (/[1-9]/.test(char)) return [/^\\\d{1,2}/.exec(rest)?.[0] ?? '', /^\\\d{1,2}/.exec(rest)?.[0].length ?? 2]
  const [text, length] = character(rest)
  return [literal(text), length]
}

const named: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v', a: '\x07' }

/** One character that stands there by an escape: `\n`, `\x41`, `\u00e9`, `\.`. */
function character(rest: string): readonly [string, number] {
  const code = /^\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/.exec(rest)
  if (code) return [String.fromCodePoint(Number.parseInt(code[1] ?? code[2] ?? code[3] ?? '', 16)), code[0].length]
  const octal = /^\\(0[0-7]{0,2})/.exec(rest)
  if (octal) return [String.fromCharCode(Number.parseInt(octal[1] as string, 8)), octal[0].length]
  const char = rest[1] ?? ''
  return [named[char] ?? char, 2]
}

function characterClass(rest: string): readonly [string, number] {
  let at = rest[1] === '^' ? 2 : 1
  let out = rest[1] === '^' ? '[^' : '['
  // A bracket that comes first is one of the characters.
  for (let isFirst = true; at < rest.length; isFirst = false) {
    const char = rest[at] as string
    if (char === ']' && !isFirst) return [`${out}]`, at + 1]
    if (char === '\\') {
      const name = rest[at + 1] ?? ''
      const inside = classes[name]
      const [text, length] = name === 'b' ? ['\b', 2] : character(rest.slice(at))
      out += inside ?? classLiteral(text as string)
      at += inside === undefined ? (length as number) : 2
    } else {
      const isRange = char === '-' && !isFirst && rest[at + 1] !== ']'
      out += isRange ? '-' : classLiteral(char)
      at++
    }
  }
  return [out, rest.length]
}

function group(rest: string): readonly [string, number] {
  const comment = /^\(\?#[^)]*\)/.exec(rest)
  if (comment) return ['', comment[0].length]
  const back = /^\(\?P=(\w+)\)/.exec(rest)
  if (back) return [`\\k<${back[1]}>`, back[0].length]
  if (rest.startsWith('(?P<')) return ['(?<', 4]
  const special = /^\(\?(?::|=|!|<=|<!)/.exec(rest)
  const other = /^\(\?(?:[aiLmsux]*(?:-[imsx]+)?:|\(|>)/.exec(rest)?.[0]
  if (special === null && other !== undefined)
    throw runtimeError(`re.error: ${other}…) is not there in patterns here. ${instead(other)}`)
  return special ? [special[0], special[0].length] : ['(', 1]
}

function instead(opening: string): string {
  if (opening === '(?(') return 'Write what it chooses between as alternatives: `(?:a|b)`.'
  if (opening === '(?>') return 'Write `(?:…)`.'
  return 'Put the flags before the whole pattern, as `(?i)…`, or write both letters: `[aA]`.'
}
