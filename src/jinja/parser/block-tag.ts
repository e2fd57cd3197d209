import type { MacroNode, Statement } from '../ast.js'
import type { ExpressionParser } from './expressions.js'
import type { TokenStream } from './token-stream.js'

/** What a tag of the host may use to parse itself: `{% <name> … %} … {% end<name> %}`. */
export interface BlockTagParser {
  readonly tokens: TokenStream
  readonly expressions: ExpressionParser
  /** The parameters `(a, b=1, c: Dict[str, int] = {})`, parentheses included. */
  parameters(): MacroNode['parameters']
  /** Ends the opening tag, and reads the body up to `{% end<name> %}`. */
  body(): readonly Statement[]
}

/** A tag that the host adds to the language, e.g. dbt's `snapshot`. It compiles to a macro, or to nothing. */
export interface BlockTag {
  readonly name: string
  parse(parser: BlockTagParser, line: number): MacroNode | null
}
