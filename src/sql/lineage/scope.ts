import type { NamedValue, Value } from './values.js'

export const fold = (name: string) => name.toLowerCase()

/** The name of a computed column without an alias: each warehouse has its own word for those. */
export const unnamed = ''

export const namesMissing = (columns: readonly NamedValue[]): string | undefined =>
  columns.some(({ name }) => name === unnamed) ? 'a computed column has no name' : undefined

/** Columns as they come out of a query or a table. */
export interface Output {
  readonly columns: readonly NamedValue[]
  /** Undefined when these are all columns; else why there may be more. */
  readonly incomplete: string | undefined
  /** Whether a name that is not among the columns is a mistake. */
  readonly isCertain: boolean
  /** The value of a column that is not among `columns`, where its name alone says enough: all of one table's are passed on. */
  readonly other?: ((name: string) => Value | undefined) | undefined
}

export const unknownOutput = (why: string): Output => ({ columns: [], incomplete: why, isCertain: false })

/** Something in `from` that columns are taken from. */
export interface Source extends Output {
  /** What it is called in the query, folded. */
  readonly alias: string
  /** The parts of its name when it has no alias: `s.t.a` may name it so. */
  readonly path: readonly string[]
}

/** A column of `using` or `natural`: one for two. */
export interface Merged {
  readonly name: string
  readonly value: NamedValue
  /** The sources whose column of this name is not shown by itself. */
  readonly sources: readonly Source[]
}

export interface FromResult {
  readonly sources: readonly Source[]
  readonly merged: readonly Merged[]
}

/** What names mean inside one `select`; what is not found is looked for outside. */
export class Scope {
  readonly parent: Scope | undefined
  sources: readonly Source[]
  merged: readonly Merged[]
  /** Names of the select list. */
  readonly aliases = new Map<string, Value>()
  /** Parameters of functions being read. */
  readonly parameters: ReadonlySet<string>

  constructor(parent: Scope | undefined, from: FromResult, parameters: ReadonlySet<string> = new Set()) {
    this.parent = parent
    this.sources = from.sources
    this.merged = from.merged
    this.parameters = parameters
  }
}
