import type { SourceLocation } from '../../../base/index.js'
import { transformErrors } from '../../errors.js'

export interface PythonToken {
  /** What stands there; of a string its inner text, as written. */
  readonly text: string
  readonly type: 'name' | 'number' | 'string' | 'operator'
  /** Of strings: `r`, `f`, `b`, `u` and pairs of them, in lower case. */
  readonly prefix: string
  /** A statement begins here: first on its line, outside of brackets. */
  readonly isFirst: boolean
  /** From 1. */
  readonly line: number
  readonly column: number
}

/** Where Python code stands, and how errors call the place. */
export interface PythonSource {
  readonly file: string
  readonly code: string
  /** Line of the file on which the code begins. */
  readonly line: number
}

const part =
  /(?<blank>[^\S\n]+|\\\n|#[^\n]*)|(?<newline>\n)|(?<prefix>[rRbBuUfF]{0,2})(?<quote>'''|"""|'|")|(?<name>[\p{L}_][\p{L}\p{N}_]*)|(?<number>0[xX][\da-fA-F_]+|0[oObB][\d_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][-+]?\d+)?[jJ]?)|(?<operator>[\s\S])/uy

const closes: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/**
 * What Python code is made of, without blanks and comments. It is read only as far as finding calls in it asks for.
 * @throws TRANSFORM_COMPILE for strings and brackets that are never closed
 */
export function pythonTokens({ file, code, line: firstLine }: PythonSource): PythonToken[] {
  const tokens: PythonToken[] = []
  const open: { readonly bracket: string; readonly at: SourceLocation }[] = []
  let line = firstLine
  let lineStart = 0
  let isFirst = true
  part.lastIndex = 0
  for (let match = part.exec(code); match; match = part.exec(code)) {
    const { blank, newline, prefix = '', quote, name, number, operator } = match.groups as Record<string, string>
    if (newline !== undefined || blank?.startsWith('\\')) {
      isFirst ||= newline !== undefined && open.length === 0
      line++
      lineStart = part.lastIndex
    }
    if (newline !== undefined || blank !== undefined) continue
    const at = { file, line, column: match.index - lineStart + 1 }
    const token = { prefix: prefix.toLowerCase(), isFirst, line, column: at.column }
    isFirst = false
    if (quote !== undefined) {
      const end = stringEnd(code, part.lastIndex, quote, token.prefix.includes('f'))
      if (end < 0) throw syntaxError(`The string is never closed.`, at)
      const text = code.slice(part.lastIndex, end)
      tokens.push({ ...token, type: 'string', text })
      const newlines = text.split('\n').length - 1
      line += newlines
      if (newlines > 0) lineStart = part.lastIndex + text.lastIndexOf('\n') + 1
      part.lastIndex = end + quote.length
      continue
    }
    const text = name ?? number ?? (operator as string)
    tokens.push({ ...token, type: name === undefined ? (number === undefined ? 'operator' : 'number') : 'name', text })
    if (text in closes) open.push({ bracket: text, at })
    else if (text === ')' || text === ']' || text === '}') {
      const opened = open.pop()
      if (!opened || closes[opened.bracket] !== text) throw syntaxError(`'${text}' closes nothing.`, at)
    } else if (text === ';' && open.length === 0) isFirst = true
  }
  const unclosed = open.at(-1)
  if (unclosed) throw syntaxError(`'${unclosed.bracket}' is never closed.`, unclosed.at)
  return tokens
}

/**
 * Where the closing quote stands; -1 when the string has none on its line (or, with three quotes, at all). What an f-string has
 * between braces may hold its own quotes, since Python 3.12.
 */
function stringEnd(code: string, from: number, quote: string, isFormat: boolean): number {
  const end = isFormat ? quoteBehind(code, from, quote, true) : -1
  return end < 0 ? quoteBehind(code, from, quote, false) : end
}

function quoteBehind(code: string, from: number, quote: string, isFormat: boolean): number {
  let depth = 0
  for (let i = from; i < code.length; i++) {
    if (code[i] === '\\') i++
    else if (code[i] === '\n' && quote.length === 1) return -1
    else if (isFormat && code[i] === '{') depth++
    else if (isFormat && code[i] === '}') depth--
    else if (code.startsWith(quote, i)) {
      if (depth <= 0) return i
      const inner = quoteBehind(code, i + quote.length, quote, true)
      if (inner < 0) return -1
      i = inner + quote.length - 1
    }
  }
  return -1
}

export const syntaxError = (message: string, at: SourceLocation) =>
  transformErrors.create('TRANSFORM_COMPILE', { message: `Python: ${message}`, at, data: { dbtType: 'Parsing' } })

/** From the first bracket of `tokens` behind `from` to behind the one that closes it, brackets included. */
export function bracketed(tokens: readonly PythonToken[], from: number): readonly PythonToken[] {
  let depth = 0
  for (let i = from; i < tokens.length; i++) {
    depth += depthOf(tokens[i] as PythonToken)
    if (depth === 0) return tokens.slice(from, i + 1)
  }
  return tokens.slice(from)
}

/** What stands between commas, outside of inner brackets. */
export function splitAtCommas(tokens: readonly PythonToken[]): PythonToken[][] {
  const parts: PythonToken[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    depth += depthOf(token)
    if (depth === 0 && token.type === 'operator' && token.text === ',') parts.push([])
    else parts.at(-1)?.push(token)
  }
  // A last comma ends the list.
  return parts.at(-1)?.length === 0 ? parts.slice(0, -1) : parts
}

const depthOf = ({ type, text }: PythonToken) =>
  type !== 'operator' ? 0 : '([{'.includes(text) ? 1 : ')]}'.includes(text) ? -1 : 0
