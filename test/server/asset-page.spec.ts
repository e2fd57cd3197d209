import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { freshness } from '../../src/orchestrate/index.js'
import type { AssetDetail, AutomationView } from '../../src/server/contract/index.js'
import { assetSpec, definitionsOf } from '../orchestrate/definitions.js'
import { openAccessTests } from './open-access.js'

let tests: Awaited<ReturnType<typeof openAccessTests>>
beforeAll(async () => {
  tests = await openAccessTests()
})
afterEach(() => tests.close())
afterAll(() => tests.stop())

const compiled_sql = { type: 'sql', text: 'select 1' } as const
const columns = { type: 'columns', columns: [{ name: 'id', type: 'BIGINT' }] } as const
const hourly = {
  name: 'hourly',
  description: '',
  cron: '0 * * * *',
  timezone: 'UTC',
  target: 'a',
  isOnByDefault: true,
} as const

describe('the page of an asset', () => {
  it('shows what was noted in full, and tells the time by the clock of the server', async () => {
    const { store, clock, ask } = await tests.open()
    const policy = freshness.timeWindow({ fail: '1d' })
    const assets = [assetSpec('a', { freshness: policy }), assetSpec('b')]
    const checks = [{ asset: 'a', name: 'c', description: '', isBlocking: true, deps: [], step: 'a' }]
    const schedules = [hourly, { ...hourly, name: 'of b', target: 'b' }]
    await store.publishDefinitions(definitionsOf({ assets, checks, schedules } as never))
    await store.requestRun({ selection: '*', trigger: { type: 'manual' } })
    const claimed = await store.claimRun('far:1', 60_000)
    if (!claimed) throw new Error('Nothing to claim')
    await store.record(claimed.lease, {
      events: [
        { type: 'asset_materialized', asset: 'a', metadata: { rows: 3, compiled_sql, columns } },
        { type: 'check_evaluated', asset: 'a', check: 'c', level: 'info', metadata: { compiled_sql } },
      ],
      steps: [],
    })
    const page = async () => (await ask('/assets/a')).body as unknown as AssetDetail
    const before = await page()
    expect(before).toMatchObject({
      compiledCode: 'select 1',
      columns: [{ name: 'id', type: 'BIGINT' }],
      rows: 3,
      freshness: { state: 'pass' },
      checkList: [{ name: 'c', status: 'passed', metadata: { compiled_sql } }],
    })

    clock.forward(48 * 3_600_000)
    const after = await page()
    expect(after.freshness?.state).toBe('fail')
    expect(after.automation.map(({ name }) => name)).toEqual(['hourly'])
    const now = clock.now().toISOString()
    expect((after.automation[0]?.nextAt ?? '') > now).toBe(true)
    const { automations } = (await ask('/automation')).body as unknown as { automations: AutomationView[] }
    expect(automations.every(({ nextTicks: [next = ''] }) => next > now)).toBe(true)
  })
})
