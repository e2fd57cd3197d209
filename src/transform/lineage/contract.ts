import type { ColumnUse, RowInput, UnknownColumn } from '../../sql/index.js'

/** A column of a node of the project, or of a table outside it (then `node` is its name as the SQL has it). */
export interface FieldRef {
  readonly node: string
  readonly column: string
}

export interface FieldInput extends FieldRef {
  readonly use: ColumnUse
}

export interface FieldLineage {
  readonly name: string
  readonly expression: string
  readonly use: ColumnUse | 'constant'
  readonly inputs: readonly FieldInput[]
  /** Why `inputs` may lack something. */
  readonly unknown?: string | undefined
}

/** Of which columns a node makes its own, and which ones decide over its rows. */
export interface NodeLineage {
  readonly uniqueId: string
  readonly columns: readonly FieldLineage[]
  /** False when it may have more columns than these; `reason` says why nobody knows. */
  readonly isComplete: boolean
  readonly reason?: string | undefined
  readonly rows: readonly (FieldRef & Pick<RowInput, 'use'>)[]
  readonly unknownColumns: readonly UnknownColumn[]
  /** The SQL it was read from. */
  readonly sql?: string | undefined
}

/** What may be read from a relation. */
export interface RelationColumns {
  readonly columns: readonly string[]
  readonly isComplete: boolean
  /** Whether a column that is not among them is a mistake. */
  readonly isCertain: boolean
}
