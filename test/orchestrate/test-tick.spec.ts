import { expect, it } from 'vitest'
import { partitions, type SensorResult, type SensorSpec, testTick, when } from '../../src/orchestrate/index.js'
import { assetSpec, definitionsOf } from './definitions.js'
import { storeForEach, type TestStore } from './store-for-each.js'

let store: TestStore
storeForEach((one) => {
  store = one
})

const files: SensorSpec = {
  name: 'files',
  intervalMs: 30_000,
  target: 'raw/orders',
  description: '',
  isOnByDefault: true,
}
const stepOf = (key: string) => ({ key, kind: 'typescript', assets: [key], checks: [], isSubsettable: false }) as const
const definitions = definitionsOf({
  assets: [
    assetSpec('raw/orders', { partitions: partitions.static(['eu', 'us']) }),
    assetSpec('reports/late', { condition: when.missing().spec }),
  ],
  steps: [stepOf('raw/orders'), stepOf('reports/late')],
  sensors: [files],
})

const test = (name: string, found: Partial<SensorResult> = {}) =>
  testTick(
    {
      definitions,
      store,
      now: new Date(),
      signal: new AbortController().signal,
      evaluateSensor: async () => ({ runs: [], ...found }) as SensorResult,
      selectDbt: async () => ({}),
    },
    name,
  )

it('tells each run with all that is asked for', async () => {
  const tags = { file: 'a.csv' }
  expect(await test('files', { runs: [{ key: 'a.csv', partitions: 'eu', tags }], cursor: 1 })).toMatchObject({
    runs: [{ selection: 'raw/orders', partitions: 'eu', key: 'a.csv', tags, assets: 1, checks: 0 }],
    newRuns: 1,
    cursor: 1,
  })
  expect(await store.listRuns({})).toEqual([])
})

it('tells which of them were requested before with their keys, however long these are', async () => {
  const long = 'x'.repeat(5_000)
  const { run } = await store.requestRun({
    selection: 'raw/orders',
    trigger: { type: 'sensor', name: 'files' },
    runKey: `sensor files ${long}`,
  })
  const some = await test('files', { runs: [{ key: long }, { key: 'b.csv' }] })
  expect([some.runs.map(({ runId }) => runId), some.newRuns, some.reason]).toEqual([[run.id, undefined], 1, undefined])
  expect(await test('files', { runs: [{ key: long }] })).toMatchObject({
    newRuns: 0,
    reason: 'each was requested before with its key',
  })
})

it('of conditions it tells the runs that they would ask for', async () => {
  expect(await test('asset_conditions')).toMatchObject({ runs: [{ selection: 'reports/late', assets: 1 }], newRuns: 1 })
})
