import { describe, expect, it } from 'vitest'
import type { FreshnessPolicy } from '../contract/index.js'
import { freshnessOf, freshnessText } from './freshness-of.js'

const at = (text: string) => new Date(`2024-03-${text}:00Z`)
const stateOf = (policy: FreshnessPolicy, madeAt: string | undefined, now: string) =>
  freshnessOf(policy, madeAt === undefined ? undefined : at(madeAt), at(now)).state

const window: FreshnessPolicy = { type: 'timeWindow', failMs: 24 * 3_600_000, warnMs: 12 * 3_600_000 }
/** Made by nine in the morning in Berlin, at the earliest two hours before. */
const byNine: FreshnessPolicy = {
  type: 'cron',
  deadline: '0 9 * * *',
  timezone: 'Europe/Berlin',
  lowerBoundMs: 2 * 3_600_000,
}

describe('freshnessOf', () => {
  it.each([
    [undefined, '05T10:00', 'unknown'],
    ['05T00:00', '05T11:59', 'pass'],
    ['05T00:00', '05T12:00', 'warn'],
    ['05T00:00', '06T00:00', 'fail'],
  ])('of a time window, made %s, at %s is %s', (madeAt, now, state) => {
    expect(stateOf(window, madeAt, now)).toBe(state)
  })
  it.each([
    [undefined, '05T10:00', 'unknown'],
    ['05T06:30', '05T07:30', 'pass'],
    ['05T06:30', '05T08:30', 'pass'],
    ['05T06:30', '06T07:59', 'pass'],
    ['05T06:30', '06T08:00', 'fail'],
    ['05T05:30', '05T07:59', 'pass'],
    ['05T05:30', '05T08:00', 'fail'],
    ['05T09:00', '05T10:00', 'pass'],
  ])('of a deadline, made %s, at %s is %s', (madeAt, now, state) => {
    expect(stateOf(byNine, madeAt, now)).toBe(state)
  })
  it('tells when it fails, and since when it has', () => {
    expect(freshnessOf(window, at('05T00:00'), at('05T13:00'))).toMatchObject({ failsAt: at('06T00:00') })
    expect(freshnessOf(byNine, at('05T05:30'), at('06T00:00'))).toMatchObject({ since: at('05T08:00') })
  })
  it('is written for people', () => {
    expect(freshnessText(window)).toBe('at most 1 d old, warned of after 12 h')
    expect(freshnessText(byNine)).toBe('made by 0 9 * * * (Europe/Berlin), at the earliest 2 h before')
  })
})
