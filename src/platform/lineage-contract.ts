/** A column of an asset; of a table that is no asset, `asset` is its name as the SQL has it. */
export interface AssetField {
  readonly asset: string
  readonly column: string
}

/** How a column is made of another: as it is, by an expression, or of several rows. */
export type FieldUse = 'copied' | 'transformed' | 'aggregated'

/** Where a column decides which rows there are. */
export type RowsUse = 'filter' | 'join' | 'group'

/** The columns of an asset with what they are made of, and what is made of them. */
export interface AssetFields {
  readonly columns: readonly {
    readonly name: string
    readonly use: FieldUse | 'constant'
    readonly expression: string
    readonly inputs: readonly (AssetField & { readonly use: FieldUse })[]
    readonly outputs: readonly (AssetField & { readonly use: FieldUse })[]
    /** Assets whose rows it decides over. */
    readonly rows: readonly { readonly asset: string; readonly use: RowsUse }[]
    /** Why `inputs` may lack something. */
    readonly unknown?: string | undefined
  }[]
  /** False when there may be more columns; `reason` says why nobody knows. */
  readonly isComplete: boolean
  readonly reason?: string | undefined
  /** Columns that decide which rows there are. */
  readonly rows: readonly (AssetField & { readonly use: RowsUse })[]
}

export type TraceDirection = 'up' | 'down' | 'both'

/** One field followed from where it comes from to what is made of it. */
export interface AssetFieldTrace {
  readonly edges: readonly { readonly from: AssetField; readonly to: AssetField; readonly use: FieldUse }[]
  /** Assets whose rows the field, or one made of it, decides over. */
  readonly rows: readonly { readonly from: AssetField; readonly asset: string; readonly use: RowsUse }[]
  readonly unknown: readonly (AssetField & { readonly reason: string })[]
}
