import { invalid } from '../require.js'
import { type BuiltInContext, type BuiltInOptions, builtInCheck, type Finding, inWords } from './built-in-check.js'
import type { CheckDefinition } from './check.js'
import { type CheckedAsset, longestHistory } from './check-context.js'
import { nameOf, numberIn } from './number-in.js'

interface AnomalyOptions extends BuiltInOptions {
  /** How far it may lie from the usual, in standard deviations; 4 when left out. */
  readonly deviations?: number
  /** How many of the earlier ones say what is usual; 20 when left out. */
  readonly last?: number
  /** With fewer of them nothing is judged; 7 when left out. */
  readonly minHistory?: number
}

/** A number of the metadata, or one that SQL answers. */
type Measure =
  | { /** Its name in the metadata. */ readonly metadata: string; readonly sql?: never }
  | { /** Answers one row with one number. */ readonly sql: string; readonly metadata?: never }

/** Whether a number is as it usually is: near the middle of those before it, by how far they lie from it themselves. */
export function noAnomaly<const Of extends CheckedAsset>(
  of: Of,
  options: AnomalyOptions & Measure,
): CheckDefinition<Of> {
  const { metadata, sql, deviations = 4, last = 20, minHistory = 7 } = options
  const what = metadata ?? 'value'
  if ((metadata === undefined) === (sql === undefined))
    throw invalid('checks.noAnomaly looks at one number.', "Say which: { metadata: 'rows' } or { sql: 'select …' }.")
  if (!(deviations > 0) || !(minHistory >= 2 && minHistory <= last && last <= longestHistory))
    throw invalid(
      `checks.noAnomaly cannot judge by ${minHistory} to ${last} earlier ones and ${deviations} deviations.`,
      'At least 2 earlier ones, 1,000 at most, and a number of deviations greater than 0.',
    )
  const usual = {
    name: `${nameOf(what)}_no_anomaly`,
    description: `Its ${what} is about what it was the last ${last} times.`,
  }
  return builtInCheck(of, usual, options, async (context) => {
    const value = sql === undefined ? numberIn(context.metadata, what) : await numberOf(context, sql)
    if (typeof value !== 'number') return { passed: false, message: value.missing }
    const earlier = (await earlierValues(context, { what, sql, last })).slice(0, last)
    return judged(what, value, earlier, { deviations, minHistory })
  })
}

async function numberOf({ query }: BuiltInContext, sql: string): Promise<number | { readonly missing: string }> {
  const [row] = await query(sql)
  const [found] = Object.values(row ?? {})
  const value = typeof found === 'bigint' || typeof found === 'string' ? Number(found) : found
  return typeof value === 'number' && !Number.isNaN(value)
    ? value
    : { missing: `The query answered no number: ${String(found)}` }
}

async function earlierValues(
  { history, partition }: BuiltInContext,
  { what, sql, last }: { what: string; sql: string | undefined; last: number },
): Promise<readonly number[]> {
  // Days are like other days; a region is like itself.
  const own = partition?.window === undefined ? partition?.key : undefined
  const { materializations, outcomes } = await history(Math.min(longestHistory, last * 2), own)
  // A sync that found nothing new tells the same number again, which says nothing about how it varies.
  const told = sql === undefined ? materializations.filter(({ metadata }) => metadata.unchanged !== true) : outcomes
  return told.flatMap(({ metadata }) => {
    const value = metadata[what]
    return typeof value === 'number' ? [value] : []
  })
}

function judged(
  what: string,
  value: number,
  earlier: readonly number[],
  { deviations, minHistory }: { deviations: number; minHistory: number },
): Finding {
  const shown = `${inWords(value)} ${what === 'value' ? '' : what}`.trim()
  if (earlier.length < minHistory)
    return {
      passed: true,
      message: `${shown}; ${earlier.length} earlier ones are too few to judge by, it takes ${minHistory}`,
      metadata: { [what]: value },
    }
  const { lowest, highest } = usualRange(earlier, deviations)
  const passed = value >= lowest && value <= highest
  const seen = `the last ${earlier.length} lie between ${inWords(Math.min(...earlier))} and ${inWords(Math.max(...earlier))}`
  const wanted = passed ? '' : `; usual would be ${inWords(lowest)} to ${inWords(highest)}`
  return { passed, message: `${shown}; ${seen}${wanted}`, metadata: { [what]: value, lowest, highest } }
}

/** Of a normal distribution the standard deviation is so many times the median of the distances. */
const deviationsPerDistance = 1.4826
/** What never varied may vary by so much of itself. */
const leastDeviation = 0.01

/**
 * Median and median distance: unlike mean and standard deviation they stay as they are when some of the values were anomalies
 * themselves.
 */
export function usualRange(earlier: readonly number[], deviations: number): { lowest: number; highest: number } {
  const middle = median(earlier)
  const distance = median(earlier.map((value) => Math.abs(value - middle))) * deviationsPerDistance
  const most = Math.max(distance, Math.abs(middle) * leastDeviation) * deviations
  return { lowest: middle - most, highest: middle + most }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  const upper = sorted[half] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? upper) + upper) / 2
}
