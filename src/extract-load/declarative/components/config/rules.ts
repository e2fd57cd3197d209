/** What a manifest does with its config before anything is read. */

export interface ConfigTransformation {
  /** Changes the config in place. */
  transform(config: Record<string, unknown>): void
}

export interface ConfigValidator {
  /** @throws MANIFEST_CONFIG_INVALID */
  validate(config: Readonly<Record<string, unknown>>): void
}

export interface ValidationStrategy {
  /** @throws MANIFEST_CONFIG_INVALID */
  validate(value: unknown): void
}

export interface ConfigRules {
  /** What they change is kept. */
  readonly migrations: readonly ConfigTransformation[]
  /** What they change is for this run. */
  readonly transformations: readonly ConfigTransformation[]
  readonly validations: readonly ConfigValidator[]
}
