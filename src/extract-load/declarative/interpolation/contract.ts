import type { Mapping, TemplateValues } from '../contract.js'

/** Compiled once, evaluated for every record or request. */
export type Evaluated<T> = (values?: TemplateValues) => T

/** By JSON's names; `number` is a float only, as it is to the CDK. */
export type ValueType = 'string' | 'number' | 'integer' | 'boolean' | 'array'

export interface ValueOptions {
  /** What is evaluated where the template says nothing. */
  readonly default?: unknown
  /** What may come of Python's literal evaluation; what would be of another type stays the text that was printed. */
  readonly types?: readonly ValueType[] | undefined
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
  mapping(template: Mapping | undefined, options?: Pick<ValueOptions, 'types'>): Evaluated<Mapping>
  /** The CDK's InterpolatedNestedMapping; what says nothing is left out. */
  nested(template: unknown): Evaluated<unknown>
  withParameters(parameters: Mapping): Interpolation
}
