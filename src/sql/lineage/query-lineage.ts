import type { Name, Query, QueryBody, Select, SelectItem } from '../syntax/ast.js'
import { parseQuery } from '../syntax/query.js'
import { SqlSyntaxError } from '../syntax/token-stream.js'
import type { LineageOptions, QueryLineage, RowInput, UnknownColumn } from './contract.js'
import { expressionValue, starColumns, unite } from './expressions.js'
import { type FromHost, readFrom } from './from.js'
import { fold, namesMissing, type Output, Scope, unknownOutput, unnamed } from './scope.js'
import { made, type NamedValue, type Value } from './values.js'

/** Of which columns a query makes its own. What cannot be told is said to be unknown; nothing is guessed. */
export function queryLineage(sql: string, options: LineageOptions): QueryLineage {
  let query: Query
  try {
    query = parseQuery(sql)
  } catch (error) {
    return unread(sql, error)
  }
  const reader = new QueryReader(sql, options)
  const output = reader.query(query, undefined)
  const { columns } = output
  const incomplete = output.incomplete ?? namesMissing(columns)
  return {
    columns: columns.map(({ name, expression, inputs, use, unknown }) => ({
      name: name === unnamed ? expression : name,
      expression,
      inputs,
      use,
      ...(unknown === undefined ? {} : { unknown }),
    })),
    isComplete: incomplete === undefined,
    ...(incomplete === undefined ? {} : { reason: incomplete }),
    rows: [...reader.rows.values()],
    unknownColumns: [...reader.unknownColumns.values()],
  }
}

function unread(sql: string, error: unknown): QueryLineage {
  const place = error instanceof SqlSyntaxError ? ` (line ${sql.slice(0, error.position).split('\n').length})` : ''
  // The stack of a very deep expression is the only other thing that can end here.
  if (!(error instanceof SqlSyntaxError || error instanceof RangeError)) throw error
  const what = error instanceof SqlSyntaxError ? error.message : 'it is nested too deeply'
  return {
    columns: [],
    isComplete: false,
    reason: `the SQL is not understood here: ${what}${place}`,
    rows: [],
    unknownColumns: [],
  }
}

type Ctes = ReadonlyMap<string, () => Output>

class QueryReader implements FromHost {
  readonly sql: string
  readonly rows = new Map<string, RowInput>()
  readonly unknownColumns = new Map<number, UnknownColumn>()
  readonly #options: LineageOptions
  #ctes: Ctes = new Map()

  constructor(sql: string, options: LineageOptions) {
    this.sql = sql
    this.#options = options
  }

  get usingColumnsFirst(): boolean {
    return this.#options.dialect.usingColumnsFirst
  }

  report(problem: UnknownColumn): void {
    this.unknownColumns.set(problem.start, problem)
  }

  decides(use: RowInput['use'], value: Value): void {
    for (const { relation, column } of value.inputs) {
      const key = `${relation}\0${fold(column)}\0${use}`
      if (!this.rows.has(key)) this.rows.set(key, { relation, column, use })
    }
  }

  query(query: Query, outer: Scope | undefined): Output {
    const before = this.#ctes
    try {
      for (const cte of query.ctes) this.#addCte(cte.name, cte.columns, cte.query, query.isRecursive, outer)
      return this.#body(query.body, outer, query)
    } finally {
      this.#ctes = before
    }
  }

  #addCte(name: Name, columns: readonly Name[], query: Query, isRecursive: boolean, outer: Scope | undefined): void {
    const visible = this.#ctes
    let output: Output | undefined
    const read = (): Output => {
      if (output) return output
      const before = this.#ctes
      this.#ctes = visible
      try {
        if (isRecursive)
          this.#ctes = new Map(visible).set(fold(name.value), () => named(this.#anchor(query, outer), columns))
        output = named(this.query(query, outer), columns)
      } finally {
        this.#ctes = before
      }
      return output
    }
    // Also what nobody reads is read once: its mistakes are mistakes.
    this.#ctes = new Map(visible).set(fold(name.value), read)
    read()
  }

  /** What a recursive query begins with. */
  #anchor(query: Query, outer: Scope | undefined): Output {
    const { body } = query
    if (body.kind !== 'set') return unknownOutput('a query refers to itself')
    const before = this.#ctes
    try {
      this.#ctes = new Map(before)
      return this.#body(body.left, outer)
    } finally {
      this.#ctes = before
    }
  }

  #body(body: QueryBody, outer: Scope | undefined, query?: Query): Output {
    switch (body.kind) {
      case 'query':
        return this.query(body, outer)
      case 'select':
        return this.#select(body, outer, query)
      case 'values': {
        const scope = new Scope(outer, { sources: [], merged: [] })
        const [first = []] = body.rows
        const columns = first.map((expression, i): NamedValue => {
          const values = body.rows.flatMap((row) => (row[i] ? [expressionValue(row[i], scope, this)] : []))
          return {
            ...made(values, 'transformed'),
            name: this.#options.dialect.valuesColumn(i),
            expression: this.#text(expression),
          }
        })
        return { columns, incomplete: undefined, isCertain: true }
      }
      case 'set': {
        const left = this.#body(body.left, outer)
        const right = this.#body(body.right, outer)
        if (body.operator === 'union') return unite(left, right, body.isByName)
        for (const column of right.columns) this.decides('filter', column)
        return left
      }
    }
  }

  #select(select: Select, outer: Scope | undefined, query: Query | undefined): Output {
    const scope = new Scope(outer, { sources: [], merged: [] })
    for (const item of select.from) {
      const found = readFrom(item, scope, this)
      scope.sources = [...scope.sources, ...found.sources]
      scope.merged = [...scope.merged, ...found.merged]
    }
    const output = this.#items(select.items, scope)
    const decide = (use: 'filter' | 'group', list: Select['where'], prefersAliases = false) => {
      for (const expression of list) this.decides(use, expressionValue(expression, scope, this, prefersAliases))
    }
    decide('filter', select.where)
    decide('group', select.groupBy)
    decide('filter', select.having)
    decide('filter', select.qualify)
    decide('filter', select.distinctOn)
    for (const expression of select.windows) expressionValue(expression, scope, this)
    // Only with a limit does the order decide which rows there are; its names are looked at anyway.
    for (const expression of query?.orderBy ?? []) {
      const value = expressionValue(expression, scope, this, true)
      if (query?.hasLimit) this.decides('filter', value)
    }
    return output
  }

  #items(items: readonly SelectItem[], scope: Scope): Output {
    const columns: NamedValue[] = []
    let incomplete: string | undefined
    let isCertain = true
    const others: Output['other'][] = []
    for (const { expression, alias } of items) {
      if (expression.kind === 'star') {
        const found = starColumns(expression, scope, this, this.usingColumnsFirst)
        columns.push(...found.columns)
        incomplete ??= found.incomplete
        isCertain &&= found.isCertain
        if (found.incomplete !== undefined) others.push(found.other)
        continue
      }
      const value = expressionValue(expression, scope, this)
      const unpacked = hasStar(expression) ? 'the columns that an expression makes of * are not known' : undefined
      if (unpacked !== undefined && !alias) {
        incomplete ??= unpacked
        isCertain = false
        others.push(undefined)
        continue
      }
      const name = alias?.value ?? (expression.kind === 'column' ? (expression.parts.at(-1)?.value ?? '') : unnamed)
      // What only passes a column on says what that one was made by.
      const text =
        expression.kind === 'column' && 'expression' in value ? String(value.expression) : this.#text(expression)
      columns.push({ ...value, name, expression: text })
      if (alias) scope.aliases.set(fold(alias.value), value)
    }
    return { columns, incomplete, isCertain, other: others.length === 1 ? others[0] : undefined }
  }

  #text({ start, end }: { readonly start: number; readonly end: number }): string {
    return this.sql.slice(start, end).trim()
  }

  table(name: readonly Name[]): Output {
    const parts = name.map((part) => part.value)
    const cte = name.length === 1 ? this.#ctes.get(fold(parts[0] as string)) : undefined
    if (cte) return cte()
    const known = this.#options.relationOf(parts)
    const id = known?.id ?? parts.join('.')
    const copied = (column: string): NamedValue => ({
      inputs: [{ relation: id, column, use: 'copied' }],
      use: 'copied',
      unknown: undefined,
      name: column,
      expression: column,
    })
    const isCertain = known?.isComplete === true && known.isCertain !== false
    if (known?.isComplete) return { columns: known.columns.map(copied), incomplete: undefined, isCertain }
    return {
      columns: (known?.columns ?? []).map(copied),
      incomplete: `the columns of ${parts.join('.')} are not known`,
      isCertain,
      other: copied,
    }
  }
}

function named(output: Output, names: readonly Name[]): Output {
  if (names.length === 0) return output
  const columns = output.columns.map((column, i) => ({ ...column, name: names[i]?.value ?? column.name }))
  return { ...output, columns }
}

/** `columns(*) + 1` makes one column for each that it means. */
function hasStar(expression: SelectItem['expression']): boolean {
  switch (expression.kind) {
    case 'star':
      return true
    case 'call':
      return expression.name === 'unnest' || expression.args.some((arg) => arg.kind === 'star' && arg.isDynamic)
    case 'compound':
      return expression.operands.some((one) => one.kind === 'star' && one.isDynamic)
    default:
      return false
  }
}
