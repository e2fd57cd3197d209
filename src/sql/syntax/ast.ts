/**
 * What is known of a query's text: as much as column lineage needs, and no more. Operators are not told apart (an
 * expression of several operands is made of all of them), types are passed over, and places are kept.
 */
export interface Span {
  /** Index of the first sign in the SQL text. */
  readonly start: number
  /** Index behind the last one. */
  readonly end: number
}

export interface Name extends Span {
  /** Without quotes; in lower case when it has none. */
  readonly value: string
  readonly isQuoted: boolean
}

/** `a`, `t.a`, `s.t.a`, and with more names fields of a struct. */
export interface ColumnReference extends Span {
  readonly kind: 'column'
  readonly parts: readonly Name[]
  /** It may be something else than a column: `x` in `x.f()` may be a schema. */
  readonly isOptional?: boolean
}

export interface Star extends Span {
  readonly kind: 'star'
  readonly qualifier: readonly Name[]
  readonly except: readonly string[]
  readonly replace: readonly { readonly name: string; readonly expression: Expression }[]
  readonly rename: readonly { readonly from: string; readonly to: string }[]
  /** Only running it tells which columns it means: `* like …`, `columns(…)`. */
  readonly isDynamic: boolean
}

export interface Call extends Span {
  readonly kind: 'call'
  /** In lower case, without its schema. */
  readonly name: string
  readonly args: readonly Expression[]
  /** It has `over`, `filter` or `within group`: it is made of several rows, whatever its name. */
  readonly isOverRows: boolean
}

export interface SubqueryExpression extends Span {
  readonly kind: 'subquery'
  readonly query: Query
  /** `exists`: what it selects does not matter. */
  readonly isExists: boolean
}

export interface Lambda extends Span {
  readonly kind: 'lambda'
  readonly parameters: readonly string[]
  readonly body: readonly Expression[]
}

export interface Compound extends Span {
  readonly kind: 'compound'
  readonly operands: readonly Expression[]
}

export interface Literal extends Span {
  readonly kind: 'literal'
}

export type Expression = ColumnReference | Star | Call | SubqueryExpression | Lambda | Compound | Literal

export interface SelectItem extends Span {
  readonly expression: Expression
  readonly alias: Name | undefined
}

export interface Cte {
  readonly name: Name
  readonly columns: readonly Name[]
  readonly query: Query
}

export interface Query extends Span {
  readonly kind: 'query'
  readonly isRecursive: boolean
  readonly ctes: readonly Cte[]
  readonly body: QueryBody
  readonly orderBy: readonly Expression[]
  readonly hasLimit: boolean
}

export interface Select {
  readonly kind: 'select'
  readonly items: readonly SelectItem[]
  readonly from: readonly FromItem[]
  readonly distinctOn: readonly Expression[]
  readonly where: readonly Expression[]
  readonly groupBy: readonly Expression[]
  readonly having: readonly Expression[]
  readonly qualify: readonly Expression[]
  readonly windows: readonly Expression[]
}

export interface SetOperation {
  readonly kind: 'set'
  readonly operator: 'union' | 'except' | 'intersect'
  readonly isByName: boolean
  readonly left: QueryBody
  readonly right: QueryBody
}

export interface Values {
  readonly kind: 'values'
  readonly rows: readonly (readonly Expression[])[]
}

export type QueryBody = Select | SetOperation | Values | Query

interface Aliased {
  readonly alias: Name | undefined
  readonly columns: readonly Name[]
}

export interface TableItem extends Aliased, Span {
  readonly kind: 'table'
  readonly name: readonly Name[]
}

export interface FunctionItem extends Aliased {
  readonly kind: 'function'
  readonly name: string
  readonly args: readonly Expression[]
}

export interface DerivedItem extends Aliased {
  readonly kind: 'derived'
  readonly query: Query
}

export interface JoinItem {
  readonly kind: 'join'
  readonly type: 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti' | 'positional'
  readonly isNatural: boolean
  readonly left: FromItem
  readonly right: FromItem
  readonly on: readonly Expression[]
  readonly using: readonly Name[]
}

/** A join in parentheses, with or without a name of its own. */
export interface GroupItem extends Aliased {
  readonly kind: 'group'
  readonly item: FromItem
}

/** `pivot` and `unpivot`: what comes out depends on the rows. */
export interface PivotItem extends Aliased {
  readonly kind: 'pivot'
  readonly item: FromItem
}

export type FromItem = TableItem | FunctionItem | DerivedItem | JoinItem | GroupItem | PivotItem
