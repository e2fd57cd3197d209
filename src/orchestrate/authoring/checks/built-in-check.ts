import type { Metadata } from '../../contract/index.js'
import type { Partition } from '../define.js'
import { invalid } from '../require.js'
import type { NoResources } from '../resource.js'
import { type CheckDefinition, check } from './check.js'
import type { BasicCheckContext, CheckedAsset } from './check-context.js'

/** What all checks take that stand here. */
export interface BuiltInOptions {
  /** Of the check; each asset has one of a name. */
  readonly name?: string
  /** `warn`, or `error` where it blocks. */
  readonly severity?: 'error' | 'warn'
  readonly blocking?: boolean
  readonly description?: string
}

export interface Finding {
  readonly passed: boolean
  readonly message: string
  readonly metadata?: Metadata
}

export function builtInCheck<const Of extends CheckedAsset>(
  of: Of,
  usual: { readonly name: string; readonly description: string },
  { name = usual.name, description = usual.description, blocking = false, severity }: BuiltInOptions,
  find: (context: BuiltInContext) => Promise<Finding> | Finding,
): CheckDefinition<Of> {
  const level = severity ?? (blocking ? 'error' : 'warn')
  return check<Of, NoResources>(of, name, { blocking, description }, async (context) => ({
    severity: level,
    ...(await find(context as unknown as BuiltInContext)),
  }))
}

/** Of whatever it checks. */
export type BuiltInContext = BasicCheckContext & { readonly partition?: Partition | undefined }

export interface Bounds {
  readonly min?: number
  readonly max?: number
}

/** At least one of the two. */
export type SomeBounds = Bounds & ({ readonly min: number } | { readonly max: number })

/** @throws DEFINITIONS_INVALID */
export function requireBounds(what: string, { min, max }: Bounds): void {
  const numbers = [min, max].filter((bound) => bound !== undefined)
  if (numbers.length === 0 || numbers.some((bound) => typeof bound !== 'number' || Number.isNaN(bound)))
    throw invalid(`${what} has no bounds.`, 'Say `min`, `max` or both: { min: 1 }.')
  if (min !== undefined && max !== undefined && min > max)
    throw invalid(`${what} is to be ${min} at least and ${max} at most.`, 'Exchange the two.')
}

/** @param shown what the number is called, such as `7 rows`; @param name in the metadata */
export function judgedByBounds(
  value: number,
  bounds: Bounds,
  { shown, name }: { shown: string; name: string },
): Finding {
  const { min = -Infinity, max = Infinity } = bounds
  const passed = value >= min && value <= max
  const wanted = passed ? '' : `, and it should be ${boundsText(bounds)}`
  return { passed, message: `${shown}${wanted}`, metadata: { [name]: value } }
}

/** `between 1 and 1,000`, `at least 1`. */
export function boundsText({ min, max }: Bounds): string {
  if (min === undefined) return `at most ${inWords(max)}`
  return max === undefined ? `at least ${inWords(min)}` : `between ${inWords(min)} and ${inWords(max)}`
}

/** Counts to the last digit, measures to four. */
export const inWords = (value = 0): string =>
  value.toLocaleString('en-US', Number.isInteger(value) ? {} : { maximumSignificantDigits: 4 })
