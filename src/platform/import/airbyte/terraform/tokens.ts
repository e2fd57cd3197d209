import { platformErrors } from '../../../errors.js'

export type Token =
  | { readonly type: 'name' | 'number' | 'mark'; readonly text: string; readonly line: number }
  /** Of a text what stands as it is, and what is to be worked out, by turns. */
  | { readonly type: 'text'; readonly parts: readonly TextPart[]; readonly line: number }
  | { readonly type: 'end'; readonly line: number }

export type TextPart = { readonly text: string } | { readonly tokens: readonly Token[] }

/** The words of HCL: names, numbers, texts, marks. Comments are passed over. @throws IMPORT_FILE_UNREADABLE */
export function tokensOf(source: string, file: string, firstLine = 1): Token[] {
  return new Reader(source, file, firstLine).all()
}

export const refusal = (file: string, line: number, why: string) =>
  platformErrors.create('IMPORT_FILE_UNREADABLE', {
    message: `${file} says something that is not read here: ${why}.`,
    at: { file, line },
    hint: 'Of Terraform blocks, texts, numbers, lists, objects, jsonencode, locals, variables and references between resources are read. `terraform.tfstate` has all of it worked out: import from that.',
  })

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' }

class Reader {
  readonly #source: string
  readonly #file: string
  #at = 0
  #line: number

  constructor(source: string, file: string, firstLine: number) {
    this.#source = source
    this.#file = file
    this.#line = firstLine
  }

  all(): Token[] {
    const tokens: Token[] = []
    for (;;) {
      this.#skip()
      const line = this.#line
      if (this.#at >= this.#source.length) return [...tokens, { type: 'end', line }]
      tokens.push(this.#next(line))
    }
  }

  #skip(): void {
    for (;;) {
      const blank = this.#match(/[ \t\r\n]+|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\//y)
      if (blank === undefined) return
    }
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const [found] = pattern.exec(this.#source) ?? []
    if (found === undefined) return undefined
    this.#at += found.length
    this.#line += found.split('\n').length - 1
    return found
  }

  #next(line: number): Token {
    const heredoc = /<<(-?)([A-Za-z_]\w*)\r?\n/y
    heredoc.lastIndex = this.#at
    const begin = heredoc.exec(this.#source)
    if (begin) return this.#heredoc(begin, line)
    if (this.#source[this.#at] === '"') return this.#text(line)
    const name = this.#match(/[A-Za-z_][\w-]*/y)
    if (name !== undefined) return { type: 'name', text: name, line }
    const number = this.#match(/\d+(\.\d+)?([eE][+-]?\d+)?/y)
    if (number !== undefined) return { type: 'number', text: number, line }
    const mark = this.#match(/=>|[=!<>]=|&&|\|\||\.\.\.|./y)
    return { type: 'mark', text: mark ?? '', line }
  }

  #text(line: number): Token {
    this.#at++
    const parts: TextPart[] = []
    let text = ''
    for (;;) {
      const plain = this.#match(/[^"\\$%\n]+/y)
      if (plain !== undefined) text += plain
      const char = this.#source[this.#at]
      if (char === undefined || char === '\n') throw refusal(this.#file, line, 'a text without its end')
      if (char === '"') {
        this.#at++
        return { type: 'text', parts: [...parts, { text }], line }
      }
      if (char === '\\') {
        text += this.#escape(line)
        continue
      }
      const code = this.#template(line)
      if (typeof code === 'string') text += code
      else {
        parts.push({ text }, code)
        text = ''
      }
    }
  }

  #escape(line: number): string {
    const unicode = this.#match(/\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}/y)
    if (unicode !== undefined) return String.fromCodePoint(Number.parseInt(unicode.slice(2), 16))
    const letter = this.#source[this.#at + 1] ?? ''
    const meant = escapes[letter]
    if (meant === undefined) throw refusal(this.#file, line, `\\${letter} in a text`)
    this.#at += 2
    return meant
  }

  /** `${…}`, or a text where it is none. */
  #template(line: number): string | TextPart {
    const doubled = this.#match(/\$\$(?=\{)|%%(?=\{)/y)
    if (doubled !== undefined) return doubled.slice(1) + (this.#match(/\{/y) ?? '')
    if (this.#match(/%\{/y) !== undefined) throw refusal(this.#file, line, 'a directive `%{…}` in a text')
    if (this.#match(/\$\{/y) === undefined) return this.#match(/[$%]/y) ?? ''
    const from = this.#at
    let depth = 1
    while (depth > 0) {
      const quoted = this.#match(/"(?:[^"\\]|\\.)*"/y)
      if (quoted !== undefined) continue
      const char = this.#match(/[\s\S]/y)
      if (char === undefined) throw refusal(this.#file, line, 'a `${` without its end')
      if (char === '{') depth++
      if (char === '}') depth--
    }
    return { tokens: tokensOf(this.#source.slice(from, this.#at - 1), this.#file, line) }
  }

  #heredoc([begin, dash, word]: RegExpExecArray, line: number): Token {
    this.#at += begin.length
    this.#line++
    const end = new RegExp(`^[ \\t]*${word}[ \\t]*$`, 'm')
    const rest = this.#source.slice(this.#at)
    const found = end.exec(rest)
    if (!found) throw refusal(this.#file, line, `a text that begins with <<${word} and does not end`)
    const body = rest.slice(0, found.index)
    if (/[$%]\{/.test(body.replaceAll(/\$\$\{|%%\{/g, '')))
      throw refusal(this.#file, line, 'a template in a text of several lines')
    this.#at += found.index + found[0].length
    this.#line += body.split('\n').length - 1
    const lines = body.split('\n')
    const indent = dash
      ? Math.min(...lines.filter((one) => one.trim() !== '').map((one) => one.length - one.trimStart().length))
      : 0
    return { type: 'text', parts: [{ text: lines.map((one) => one.slice(indent)).join('\n') }], line }
  }
}
