import { readYaml } from '../../../../base/index.js'
import type { Expression } from './parse.js'
import { refusal } from './tokens.js'

/** What names stand for. */
export interface Scope {
  readonly file: string
  /** A variable or a local value; undefined: nobody said it. */
  readonly valueOf: (path: readonly (string | number)[]) => unknown
  /** Of a file beside it, whose path is relative to it; undefined where that is not among the files. */
  readonly textOf: (path: string) => string | undefined
}

/** An expression worked out, as JSON. @throws IMPORT_FILE_UNREADABLE with file and line for what only Terraform knows */
export function evaluate(expression: Expression, scope: Scope): unknown {
  switch (expression.type) {
    case 'value':
      return expression.value
    case 'list':
      return expression.items.map((item) => evaluate(item, scope))
    case 'object':
      return Object.fromEntries(
        expression.entries.map(([key, value]) => [String(evaluate(key, scope)), evaluate(value, scope)]),
      )
    case 'template':
      return expression.parts.map((part) => (typeof part === 'string' ? part : String(evaluate(part, scope)))).join('')
    case 'call':
      return called(expression, scope)
    case 'reference': {
      const value = scope.valueOf(expression.path)
      if (value !== undefined) return value
      throw refusal(
        scope.file,
        expression.line,
        `\`${expression.path.join('.')}\`, which is nowhere defined among the files`,
      )
    }
  }
}

/** What only changes the form of a value. */
function called({ name, args, line }: Extract<Expression, { type: 'call' }>, scope: Scope): unknown {
  const [first] = args
  if (!first) throw refusal(scope.file, line, `${name}() without an argument`)
  const value = evaluate(first, scope)
  switch (name) {
    // A config is what is meant, whether it is a text or an object.
    case 'jsonencode':
    case 'sensitive':
    case 'nonsensitive':
    case 'tolist':
    case 'toset':
    case 'tomap':
      return value
    case 'tostring':
      return String(value)
    case 'tonumber':
      return Number(value)
    case 'jsondecode':
      return JSON.parse(String(value))
    case 'yamldecode':
      return readYaml(String(value), scope.file).value
    case 'file': {
      const text = scope.textOf(String(value))
      if (text !== undefined) return text
      throw refusal(scope.file, line, `${String(value)}, which is not among the files`)
    }
    default:
      throw refusal(scope.file, line, `the function ${name}()`)
  }
}
