import type { Document, DocumentOptions, LineCounter, ParseOptions, SchemaOptions } from 'yaml'

type Yaml = typeof import('yaml')
export type FlowOptions = ParseOptions & DocumentOptions & SchemaOptions & { readonly lineCounter: LineCounter }

/** What the lexer of the yaml library goes on with, and the column that the next line must reach. */
interface Lexer {
  indentNext: number
  flowLevel: number
  parseFlowCollection(): Generator<string, unknown>
  parsePlainScalar(): Generator<string, unknown>
  lex(source: string): Iterable<string>
}

/**
 * Parses a text in which what stands within braces and brackets may begin in any column, as Python's YAML has it. The library
 * keeps to the standard, which wants it to be indented more than what it stands in, and has no option for that; so two
 * methods of its lexer, of the version that package.json pins, are given another column to look for.
 */
export function parseFreeFlow(yaml: Yaml, text: string, options: FlowOptions): Document.Parsed | undefined {
  const lexer = new yaml.Lexer() as unknown as Lexer
  const anyColumn = (own: () => Generator<string, unknown>, applies: () => boolean) =>
    function* (): Generator<string, unknown> {
      if (!applies()) return yield* own.call(lexer)
      const { indentNext } = lexer
      lexer.indentNext = 0
      try {
        return yield* own.call(lexer)
      } finally {
        lexer.indentNext = indentNext
      }
    }
  lexer.parseFlowCollection = anyColumn(lexer.parseFlowCollection, () => true)
  lexer.parsePlainScalar = anyColumn(lexer.parsePlainScalar, () => lexer.flowLevel > 0)
  const { lineCounter } = options
  lineCounter.addNewLine(0)
  const parser = new yaml.Parser(lineCounter.addNewLine)
  function* tokens() {
    for (const lexeme of lexer.lex(text)) yield* parser.next(lexeme)
    yield* parser.end()
  }
  const [first, ...others] = new yaml.Composer(options).compose(tokens(), true, text.length)
  return others.length === 0 ? (first as Document.Parsed | undefined) : undefined
}
