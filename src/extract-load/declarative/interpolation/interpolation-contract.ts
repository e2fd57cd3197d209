import type { FieldPath, Mapping, TemplateValues } from '../component-contract.js'

/** Compiled once, evaluated for every record or request. */
export type Evaluated<T> = (values?: TemplateValues) => T

/** The CDK's names of `str`, `float`, `int` and `bool`: what literal evaluation gives besides stays the text that it was. */
export type ValueType = 'string' | 'number' | 'integer' | 'boolean'

export interface ValueOptions {
  /** What is evaluated where the template says nothing. */
  readonly default?: unknown
  readonly type?: ValueType | undefined
}

export interface MappingOptions {
  /** Which of Python's literals the values become; `lists` leaves all others the texts that they are, as query parameters want it. */
  readonly literals?: 'all' | 'lists' | undefined
}

/** What the manifest's texts say, with `config` and the `$parameters` of one component in their context. */
export interface Interpolation {
  /**
   * The CDK's InterpolatedString: what the text says after Python's literal evaluation. What is no text is its own value.
   * @param template as the manifest has it
   */
  value(template: unknown, options?: ValueOptions): Evaluated<unknown>
  /** The same, where a text is wanted whatever it looks like. */
  text(template: unknown): Evaluated<string>
  /** The CDK's InterpolatedBoolean. */
  boolean(condition: unknown): Evaluated<boolean>
  /** The CDK's InterpolatedMapping: keys and values of one level. A value that says nothing is null. */
  mapping(template: Mapping | undefined, options?: MappingOptions): Evaluated<Mapping>
  /** The CDK's InterpolatedNestedMapping; what says nothing is left out. */
  nested(template: unknown): Evaluated<unknown>
  /** What a template may look at of `record`; undefined where it may look at anything. */
  recordPaths(template: unknown): readonly FieldPath[] | undefined
  /** @param owner the component whose templates they are, as the manifest has it; the same as before where it is left out */
  withParameters(parameters: Mapping, owner?: object): Interpolation
}
