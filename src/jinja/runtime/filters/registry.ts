import type { Kwargs } from '../callable.js'
import type { UndefinedKind } from '../values.js'

/** What filters and tests may ask of the environment they run in. */
export interface FilterScope {
  readonly undefinedKind: UndefinedKind
  filter(name: string, input: unknown, args: readonly unknown[], kwargs: Kwargs | null): unknown
  test(name: string, input: unknown, args: readonly unknown[], kwargs: Kwargs | null): boolean
}

/** Arguments arrive bound to the declared names; what was not given is JavaScript's undefined. */
export interface FilterDefinition {
  readonly parameters: readonly string[]
  run(scope: FilterScope, input: unknown, ...values: never[]): unknown
}

export function filter(
  parameters: readonly string[],
  run: (input: never, ...values: never[]) => unknown,
): FilterDefinition {
  return { parameters, run: (_, input, ...values) => run(input as never, ...values) }
}

export function scopedFilter(
  parameters: readonly string[],
  run: (scope: FilterScope, input: never, ...values: never[]) => unknown,
): FilterDefinition {
  return { parameters, run: (scope, input, ...values) => run(scope, input as never, ...values) }
}
