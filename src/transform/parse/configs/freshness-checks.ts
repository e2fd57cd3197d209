import { isMapping } from '../../project/yaml-file.js'
import {
  anything,
  below,
  type Check,
  ofType,
  oneOf,
  only,
  optional,
  type Problem,
  withKeys,
} from '../../value-checks.js'
import type { ConfigValues } from './config-fields.js'

const isCount = (value: unknown) =>
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  (typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value))

/** Of a config dbt makes a whole number where it can: `'12'` is one, and what stands behind a point is cut off. */
export const freshnessCount = (value: unknown): unknown => (isCount(value) ? Math.trunc(Number(value)) : value)

const count = optional(ofType('integer', isCount, 'Write a whole number.'))
const period = optional(oneOf('minute', 'hour', 'day'))
const threshold = optional(withKeys({ count, period }))

/** `freshness` of a source: how old its latest row may be. */
export const sourceFreshness: Check = optional(withKeys({ warn_after: threshold, error_after: threshold }))

const anyThreshold = only({ count: anything, period: anything })
const knownKeys = only({ warn_after: anyThreshold, error_after: anyThreshold, filter: anything })

/** A key below a config's `freshness` that dbt does not know: it says nothing of it, and what was meant is lost. */
export function lostFreshness(freshness: unknown): Problem | undefined {
  const problem = isMapping(freshness) ? knownKeys(freshness) : undefined
  return problem?.place && problem
}

const buildAfter = withKeys({ count, period, updates_on: oneOf('all', 'any') })

/** Without `build_after` dbt takes no notice of what a model says of its freshness. */
const hasBuildAfter = (freshness: unknown): freshness is { readonly build_after: unknown } =>
  isMapping(freshness) && 'build_after' in freshness

/** `freshness` of a model: how long after its last build it is to be built again. */
export function modelFreshness(freshness: unknown): Problem | undefined {
  if (!hasBuildAfter(freshness)) return undefined
  const { build_after: value } = freshness
  const problem = buildAfter(value)
  if (problem) return below('build_after', problem)
  if (!isMapping(value)) return undefined
  const [hasCount, hasPeriod] = [(value.count ?? null) !== null, Boolean(value.period)]
  if (hasCount === hasPeriod) return undefined
  const [given, missing] = hasCount ? ['count', 'period'] : ['period', 'count']
  return {
    path: ['build_after'],
    text: `\`freshness.build_after\` must have a value for \`${missing}\` if a \`${given}\` is provided`,
    hint: 'Write, for example, `build_after: { count: 4, period: hour }`.',
  }
}

/** A model's config as dbt keeps it: `freshness` with every key that there is, or none. */
export function withModelFreshness(config: ConfigValues): ConfigValues {
  const { freshness } = config
  if (!hasBuildAfter(freshness)) return freshness === null ? config : { ...config, freshness: null }
  const { count = null, ...rest } = freshness.build_after as ConfigValues
  const build_after = { period: null, updates_on: 'any', ...rest, count: freshnessCount(count) }
  return { ...config, freshness: { ...(freshness as ConfigValues), build_after } }
}
