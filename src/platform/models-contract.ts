/** One line of the tree of models: any resource of the dbt project. */
export interface ModelEntry {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly package: string
  /** From the package's root; of a source table its YAML file. */
  readonly path: string
  readonly database?: string | undefined
  readonly schema?: string | undefined
  readonly relation?: string | undefined
  readonly materialized?: string | undefined
  readonly group?: string | undefined
  readonly access?: string | undefined
  readonly version?: string | undefined
  readonly tags?: readonly string[] | undefined
  /** The first line of its description. */
  readonly about?: string | undefined
}

export interface ModelLink {
  readonly id: string
  readonly name: string
  readonly type: string
}

/** Everything that explains one resource. */
export interface ModelDetail extends ModelEntry {
  /** Markdown, with docs blocks put in. */
  readonly description: string
  readonly code?: string | undefined
  readonly compiledCode?: string | undefined
  /** Why there is no compiled code. */
  readonly notCompiled?: string | undefined
  /** Its asset, where it is one. */
  readonly asset?: string | undefined
  /** What its entry says besides configs: of a metric its type and parameters, of a unit test its rows. */
  readonly definition: Readonly<Record<string, unknown>>
  readonly config: Readonly<Record<string, unknown>>
  readonly meta: Readonly<Record<string, unknown>>
  readonly owner?: string | undefined
  readonly contract?: boolean | undefined
  readonly latestVersion?: string | undefined
  readonly versions: readonly ModelLink[]
  /** As the table has them, and those that YAML describes; what they are made of is asked by the asset. */
  readonly columns: readonly {
    readonly name: string
    readonly type?: string | undefined
    readonly description?: string | undefined
    readonly constraints: readonly string[]
    readonly tests: readonly ModelLink[]
  }[]
  readonly tests: readonly (ModelLink & { readonly column?: string | undefined; readonly severity: string })[]
  readonly dependsOn: readonly ModelLink[]
  readonly usedBy: readonly ModelLink[]
  readonly exposures: readonly ModelLink[]
  readonly macros: readonly ModelLink[]
  readonly docsBlocks: readonly ModelLink[]
  /** Of a macro. */
  readonly arguments: readonly {
    readonly name: string
    readonly type?: string | undefined
    readonly description?: string | undefined
  }[]
}
