import { describe, expect, it } from 'vitest'
import { when } from '../../orchestrate/index.js'
import type { ManifestNode } from '../../transform/index.js'
import { nodeMeta } from './node-meta.js'

const of = (meta: Record<string, unknown>) =>
  nodeMeta({ unique_id: 'model.shop.orders', meta, config: { meta: {} } } as unknown as ManifestNode, 'models/x.yml')

describe('nodeMeta', () => {
  it('reads what a node says to Millrace', () => {
    expect(of({ millrace: { automation: 'eager' } })).toEqual({ condition: when.eager().spec })
    expect(of({ millrace: { automation: { on_cron: '0 5 * * *', timezone: 'Europe/Berlin' } } })).toEqual({
      condition: when.onCron('0 5 * * *', 'Europe/Berlin').spec,
    })
    expect(of({ millrace: { freshness: { fail: '36h', warn: '24h' } } }).freshness).toEqual({
      type: 'timeWindow',
      failMs: 129_600_000,
      warnMs: 86_400_000,
    })
    expect(of({ millrace: { freshness: { deadline: '0 9 * * *', lower_bound: '2h' } } }).freshness).toMatchObject({
      type: 'cron',
    })
  })
  it('reads what was written for Dagster, and leaves alone what is only its business', () => {
    expect(of({ dagster: { automation_condition: { type: 'on_cron', cron_schedule: '@daily' }, group: 'x' } })).toEqual(
      {
        condition: when.onCron('@daily').spec,
      },
    )
    expect(of({ owner: 'a', dagster: { asset_key: ['a'] } })).toEqual({})
  })
  it('refuses what it does not understand, with the place', () => {
    expect(() => of({ millrace: { automation: 'lazy' } })).toThrow(
      'The meta of model.shop.orders is not understood: automation',
    )
    expect(() => of({ millrace: { automatoin: 'eager' } })).toThrow('automatoin')
    expect(() => of({ millrace: { automation: { on_cron: 'daily' } } })).toThrow('not a cron expression')
    expect(() => of({ millrace: { freshness: { fail: 'soon' } } })).toThrow('not a duration')
  })
})
