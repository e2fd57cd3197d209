import type { ColumnReference, Name } from '../syntax/ast.js'
import type { UnknownColumn } from './contract.js'
import { fold, type Scope, type Source } from './scope.js'
import { constant, made, type Value } from './values.js'

/** Functions that are called without parentheses, and columns that every table has without naming them. */
const withoutParentheses = new Set(
  `current_date current_time current_timestamp current_user current_role current_catalog current_schema session_user
  system_user user localtime localtimestamp rowid ctid xmin xmax cmin cmax tableoid oid filename file_row_number
  generated_at default`.split(/\s+/),
)

/** What a column's name stands for, or undefined and, where that is certain, a problem. */
export function resolveColumn(
  reference: ColumnReference,
  scope: Scope,
  prefersAliases: boolean,
  report: (problem: UnknownColumn) => void,
): Value {
  const [first] = reference.parts
  if (!first) return constant
  const name = reference.parts.map((part) => part.value).join('.')
  let uncertain: string | undefined
  for (let level: Scope | undefined = scope; level; level = level.parent) {
    const found = atLevel(reference.parts, level, prefersAliases && level === scope)
    if (found) return found
    if (level.sources.some((source) => source.incomplete !== undefined)) {
      const only = onlyIncomplete(level)
      // Nothing further out can be meant when there is nothing, and then it is a column of the one table not fully known.
      const other = reference.parts.length === 1 && !level.parent ? only?.other?.(first.value) : undefined
      if (other) return other
      uncertain = sourceNamed([first], level)?.incomplete ?? only?.incomplete
      uncertain ??= `it is not known which table ${name} belongs to`
      break
    }
  }
  if (reference.parts.length === 1 && !first.isQuoted && withoutParentheses.has(fold(first.value))) return constant
  if (reference.isOptional) return constant
  if (uncertain === undefined && isCertain(scope)) report(problemOf(reference, scope))
  return { inputs: [], use: 'transformed', unknown: uncertain ?? `there is no column ${name}` }
}

function isCertain(scope: Scope): boolean {
  for (let level: Scope | undefined = scope; level; level = level.parent)
    if (level.sources.some((source) => !source.isCertain)) return false
  return true
}

function onlyIncomplete(level: Scope): Source | undefined {
  const [only, ...others] = level.sources.filter((source) => source.incomplete !== undefined)
  return others.length === 0 ? only : undefined
}

function atLevel(parts: readonly Name[], level: Scope, prefersAliases: boolean): Value | undefined {
  const [first, second] = parts as [Name, Name?]
  const name = fold(first.value)
  if (level.parameters.has(name)) return constant
  const alias = level.aliases.get(name)
  if (prefersAliases && alias && !second) return alias
  // A table's name before a dot; the longest way to name one wins: `s.t.a` before the field `t.a` of a column `s`.
  for (let length = Math.min(parts.length - 1, 3); length > 0; length--) {
    const source = sourceNamed(parts.slice(0, length), level)
    const field = parts[length]
    if (!source || !field) continue
    const value = columnOf(source, field.value)
    if (value) return parts.length > length + 1 ? made([value], 'transformed') : value
  }
  const value = unqualified(name, level)
  if (value) return second ? made([value], 'transformed') : value
  if (alias) return second ? made([alias], 'transformed') : alias
  const wholeRow = second ? undefined : level.sources.find((source) => source.alias === name)
  if (!wholeRow) return undefined
  const row = made(wholeRow.columns, 'transformed')
  return wholeRow.incomplete === undefined ? row : { ...row, unknown: row.unknown ?? wholeRow.incomplete }
}

/** A table by its alias, or by its name with its schema where it has no alias. */
export function sourceNamed(parts: readonly Name[], level: Pick<Scope, 'sources'>): Source | undefined {
  const names = parts.map((part) => fold(part.value))
  if (names.length === 1) return level.sources.find((source) => source.alias === names[0])
  return level.sources.find(({ path }) => names.every((name, i) => path[path.length - names.length + i] === name))
}

function columnOf(source: Source, name: string): Value | undefined {
  const wanted = fold(name)
  return source.columns.find((column) => fold(column.name) === wanted) ?? source.other?.(name)
}

function unqualified(name: string, { sources, merged }: Scope): Value | undefined {
  const together = merged.find((one) => fold(one.name) === name)
  if (together) return together.value
  for (const source of sources) {
    const found = source.columns.find((column) => fold(column.name) === name)
    if (found) return found
  }
  return undefined
}

function problemOf({ parts, start, end }: ColumnReference, scope: Scope): UnknownColumn {
  const qualifier = parts.length > 1 ? sourceNamed(parts.slice(0, 1), scope) : undefined
  const sources = qualifier ? [qualifier] : scope.sources
  return {
    name: parts.map((part) => part.value).join('.'),
    start,
    end,
    candidates: [...new Set(sources.flatMap((source) => source.columns.map((column) => column.name)))],
    lookedIn: sources.map((source) => source.alias),
  }
}
