import type { FromItem, JoinItem, Name } from '../syntax/ast.js'
import { allColumns, type ExpressionHost, expressionValue } from './expressions.js'
import {
  type FromResult,
  fold,
  type Merged,
  namesMissing,
  type Output,
  Scope,
  type Source,
  unknownOutput,
} from './scope.js'
import { either, made, type NamedValue, type Value } from './values.js'

export interface FromHost extends ExpressionHost {
  readonly usingColumnsFirst: boolean
  /** The columns of a table or a common table expression. */
  table(name: readonly Name[]): Output
  /** Something that decides over rows. */
  decides(use: 'join', value: Value): void
}

/** What a `from` item brings into reach. `outer` is what it can see: tables to its left, and what is outside. */
export function readFrom(item: FromItem, outer: Scope, host: FromHost): FromResult {
  switch (item.kind) {
    case 'table': {
      const path = item.name.map((part) => fold(part.value))
      const own = path.at(-1) as string
      return one(item, host.table(item.name), { alias: own, path })
    }
    case 'derived':
      return one(item, host.query(item.query, outer))
    case 'function': {
      const value = made(
        item.args.map((arg) => expressionValue(arg, outer, host)),
        'transformed',
      )
      return one(
        item,
        unknownOutput(`the columns of ${item.name}(…) are not known`),
        { alias: fold(item.name), path: [] },
        () => value,
      )
    }
    case 'group': {
      const inner = readFrom(item.item, outer, host)
      if (!item.alias) return inner
      return one(item, allColumns(inner, host.usingColumnsFirst))
    }
    case 'pivot': {
      readFrom(item.item, outer, host)
      return one(item, unknownOutput('the columns that PIVOT and UNPIVOT make depend on the rows'))
    }
    case 'join':
      return readJoin(item, outer, host)
  }
}

function one(
  item: { readonly alias: Name | undefined; readonly columns: readonly Name[] },
  { columns, incomplete: open, isCertain, other }: Output,
  named: { readonly alias: string; readonly path: readonly string[] } = { alias: '', path: [] },
  anyValue?: (name: string) => Value,
): FromResult {
  const value = anyValue ?? other
  const renamed = columns.map((column, i): NamedValue => {
    const name = item.columns[i]?.value
    return name === undefined ? column : { ...column, name }
  })
  const incomplete = open ?? namesMissing(renamed)
  // A function's columns are only known when the query names them.
  for (const { value: name } of item.columns.slice(columns.length))
    renamed.push({
      ...(anyValue?.(name) ?? { inputs: [], use: 'transformed', unknown: incomplete }),
      name,
      expression: name,
    })
  const isNamedByAlias = anyValue !== undefined && item.alias !== undefined && item.columns.length === 0
  if (isNamedByAlias && item.alias)
    // `generate_series(1, 3) as n`: in PostgreSQL `n` is the column too.
    renamed.push({ ...anyValue(item.alias.value), name: item.alias.value, expression: item.alias.value })
  return {
    sources: [
      {
        alias: item.alias ? fold(item.alias.value) : named.alias,
        path: item.alias ? [] : named.path,
        columns: renamed,
        incomplete,
        isCertain,
        other: incomplete === undefined ? undefined : value,
      },
    ],
    merged: [],
  }
}

function readJoin(join: JoinItem, outer: Scope, host: FromHost): FromResult {
  const left = readFrom(join.left, outer, host)
  // What stands on the right may look at the left: `lateral`, and functions of columns.
  const right = readFrom(join.right, new Scope(outer, left), host)
  const names = join.isNatural ? commonNames(left, right) : join.using.map((name) => name.value)
  const merged = names.map((name) => mergeColumn(name, left, right, join.type))
  for (const { pair } of merged) host.decides('join', made(pair, 'transformed'))
  const both: FromResult = {
    sources: [...left.sources, ...right.sources],
    merged: [
      ...left.merged.filter((one) => !names.some((name) => fold(name) === fold(one.name))),
      ...right.merged,
      ...merged.map(({ merged: one }) => one),
    ],
  }
  const scope = new Scope(outer, both)
  for (const condition of join.on) host.decides('join', expressionValue(condition, scope, host))
  return join.type === 'semi' || join.type === 'anti' ? left : both
}

function columnNamed(from: FromResult, name: string): { value: NamedValue; sources: readonly Source[] } {
  const wanted = fold(name)
  const known = from.merged.find((one) => fold(one.name) === wanted)
  if (known) return known
  for (const source of from.sources) {
    const found = source.columns.find((column) => fold(column.name) === wanted)
    if (found) return { value: found, sources: [source] }
  }
  const only = from.sources.find((source) => source.other)
  const value = only?.other?.(name) ?? {
    inputs: [],
    use: 'transformed' as const,
    unknown: `it is not known which table ${name} belongs to`,
  }
  return { value: { ...value, name, expression: name }, sources: only ? [only] : [] }
}

function mergeColumn(name: string, left: FromResult, right: FromResult, type: JoinItem['type']) {
  const [a, b] = [columnNamed(left, name), columnNamed(right, name)]
  // Both sides hold the same, but where one of them may be missing.
  const value =
    type === 'full'
      ? { ...a.value, ...made([either(a.value, b.value)], 'transformed') }
      : type === 'right'
        ? b.value
        : a.value
  const merged: Merged = { name, value: { ...value, name, expression: name }, sources: [...a.sources, ...b.sources] }
  return { merged, pair: [a.value, b.value] }
}

function commonNames(left: FromResult, right: FromResult): string[] {
  const known = new Set(right.sources.flatMap((source) => source.columns.map((column) => fold(column.name))))
  const names = left.sources.flatMap((source) => source.columns.map((column) => column.name))
  return [...new Set(names.filter((name) => known.has(fold(name))))]
}
