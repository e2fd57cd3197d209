/** A piece of a statement as MySQL and MariaDB read it. */
export interface Token {
  /** A word as it stands there, a name or text without its quotes, or one sign. */
  readonly text: string
  readonly kind: 'word' | 'name' | 'text' | 'sign'
}

const pattern = new RegExp(
  [
    String.raw`(?<space>\s+|--(?=\s|$)[^\n]*|#[^\n]*|/\*(?!M?!)[\s\S]*?\*/)`,
    // What stands in /*! … */ counts.
    String.raw`(?<mark>/\*M?!\d*|\*/)`,
    '`(?<name>(?:[^`]|``)*)`',
    String.raw`"(?<double>(?:[^"\\]|""|\\[\s\S])*)"`,
    String.raw`'(?<text>(?:[^'\\]|''|\\[\s\S])*)'`,
    String.raw`(?<word>[\p{L}\p{N}_$]+)`,
    String.raw`(?<sign>[\s\S])`,
  ].join('|'),
  'gu',
)

/** Words, names and signs of a statement, without comments. */
export function sqlTokens(sql: string): Token[] {
  const tokens: Token[] = []
  for (const { groups = {} } of sql.matchAll(pattern)) {
    const { name, double, text, word, sign } = groups
    if (word !== undefined) tokens.push({ kind: 'word', text: word })
    else if (name !== undefined) tokens.push({ kind: 'name', text: name.replaceAll('``', '`') })
    // With ANSI_QUOTES it is a name, else a text; where a name must stand it is one.
    else if (double !== undefined) tokens.push({ kind: 'name', text: double.replaceAll('""', '"') })
    else if (text !== undefined) tokens.push({ kind: 'text', text })
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign })
  }
  return tokens
}

/** Reads tokens one after the other. */
export class TokenReader {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  /** The word that comes next, in small letters; undefined where something else comes. */
  get word(): string | undefined {
    const token = this.#tokens[this.#at]
    return token?.kind === 'word' ? token.text.toLowerCase() : undefined
  }

  /** Goes on where these words come. */
  skip(...words: readonly string[]): boolean {
    const isHere = words.every((word, i) => {
      const token = this.#tokens[this.#at + i]
      return token?.kind === 'word' && token.text.toLowerCase() === word
    })
    if (isHere) this.#at += words.length
    return isHere
  }

  sign(sign: string): boolean {
    const token = this.#tokens[this.#at]
    if (token?.kind !== 'sign' || token.text !== sign) return false
    this.#at++
    return true
  }

  take(): Token | undefined {
    return this.#tokens[this.#at++]
  }

  /** What is left, in pieces between the commas that stand in no parentheses. */
  parts(): Token[][] {
    const parts: Token[][] = [[]]
    let depth = 0
    for (const token of this.#tokens.slice(this.#at)) {
      const sign = token.kind === 'sign' ? token.text : ''
      if (sign === '(') depth++
      if (sign === ')') depth--
      if (sign === ',' && depth === 0) parts.push([])
      else parts.at(-1)?.push(token)
    }
    return parts
  }
}
