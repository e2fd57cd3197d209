import type { Expression, Name, Star } from './ast.js'
import { queryStarts, type TokenStream } from './token-stream.js'

/** `*`, with what DuckDB lets stand behind it. */
export function readStar(
  tokens: TokenStream,
  qualifier: readonly Name[],
  start: number,
  readExpression: () => Expression,
): Star {
  tokens.expect('*')
  const except: string[] = []
  const replace: { name: string; expression: Expression }[] = []
  const rename: { from: string; to: string }[] = []
  let isDynamic = false
  for (;;) {
    const isList = tokens.isAhead(1, '(')
    if (tokens.is('exclude', 'except') && (isList || !tokens.isAhead(1, 'select', 'all', 'distinct', 'by'))) {
      if (isList && tokens.isAhead(2, ...queryStarts)) break
      tokens.next()
      const names = isList ? excludeList(tokens) : [lastOfPath(tokens)]
      except.push(...names)
    } else if (tokens.take('replace')) {
      const hasParenthesis = tokens.take('(')
      do {
        const expression = readExpression()
        tokens.take('as')
        replace.push({ name: tokens.name().value, expression })
      } while (tokens.take(','))
      if (hasParenthesis) tokens.expect(')')
    } else if (tokens.take('rename')) {
      const hasParenthesis = tokens.take('(')
      do {
        const from = lastOfPath(tokens)
        tokens.take('as')
        rename.push({ from, to: tokens.name().value })
      } while (tokens.take(','))
      if (hasParenthesis) tokens.expect(')')
    } else if (
      tokens.is('like', 'ilike', 'glob', 'similar') ||
      (tokens.is('not') && tokens.isAhead(1, 'like', 'ilike'))
    ) {
      while (tokens.is('not', 'like', 'ilike', 'glob', 'similar', 'to')) tokens.next()
      tokens.next()
      isDynamic = true
    } else break
  }
  return { kind: 'star', qualifier, except, replace, rename, isDynamic, start, end: tokens.end }
}

function excludeList(tokens: TokenStream): string[] {
  const names: string[] = []
  tokens.expect('(')
  do names.push(lastOfPath(tokens))
  while (tokens.take(',') && !tokens.is(')'))
  tokens.expect(')')
  return names
}

function lastOfPath(tokens: TokenStream): string {
  let name = tokens.name()
  while (tokens.take('.')) name = tokens.name()
  return name.value
}

/** Columns that no schema here tells. */
export const dynamicStar = (start: number, end: number): Star => ({
  kind: 'star',
  qualifier: [],
  except: [],
  replace: [],
  rename: [],
  isDynamic: true,
  start,
  end,
})
