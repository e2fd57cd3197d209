import type { FreshnessPolicy, FreshnessState } from '../contract/index.js'
import { ticksBetween } from '../schedules/cron.js'

export interface Freshness {
  readonly state: FreshnessState
  /** When it became what it is, or failed; undefined where nothing is known. */
  readonly since?: Date | undefined
  /** When it will fail where nobody makes it. */
  readonly failsAt?: Date | undefined
}

/** A deadline at least once in a bit more than a year. */
const longestMs = 367 * 86_400_000

/** Whether an asset was made as late as its policy wants it. */
export function freshnessOf(policy: FreshnessPolicy, madeAt: Date | undefined, now: Date): Freshness {
  if (!madeAt) return { state: 'unknown' }
  const madeMs = madeAt.getTime()
  if (policy.type === 'timeWindow') {
    const failsAt = new Date(madeMs + policy.failMs)
    if (now >= failsAt) return { state: 'fail', since: failsAt }
    const warnsAt = policy.warnMs === undefined ? undefined : new Date(madeMs + policy.warnMs)
    return warnsAt && now >= warnsAt
      ? { state: 'warn', since: warnsAt, failsAt }
      : { state: 'pass', since: madeAt, failsAt }
  }
  const { deadline, timezone, lowerBoundMs } = policy
  const [last] = ticksBetween(deadline, timezone, new Date(now.getTime() - longestMs), now, 1)
  if (last && madeMs < last.getTime() - lowerBoundMs) return { state: 'fail', since: last }
  return { state: 'pass', since: madeAt }
}

const unitMs = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const

const inWords = (ms: number): string => {
  const [unit, size] = unitMs.find(([, size]) => ms >= size && ms % size === 0) ?? ['ms', 1]
  return `${ms / size} ${unit}`
}

/** A policy for people. */
export function freshnessText(policy: FreshnessPolicy): string {
  if (policy.type === 'timeWindow') {
    const warning = policy.warnMs === undefined ? '' : `, warned of after ${inWords(policy.warnMs)}`
    return `at most ${inWords(policy.failMs)} old${warning}`
  }
  return `made by ${policy.deadline} (${policy.timezone}), at the earliest ${inWords(policy.lowerBoundMs)} before`
}
