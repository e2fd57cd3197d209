import { expect, it } from 'vitest'
import { type Clock, silentLogger, systemClock } from '../../src/base/index.js'
import { metastoreErrors } from '../../src/metastore/errors.js'
import { runEngine } from '../../src/orchestrate/index.js'
import { eventually } from '../support/millrace.js'
import { assetSpec, definitionsOf } from './definitions.js'
import { storeForEach, type TestStore } from './store-for-each.js'

let store: TestStore
storeForEach((one) => {
  store = one
})

const definitions = definitionsOf({
  assets: [assetSpec('long')],
  steps: [{ key: 'long', kind: 'typescript', assets: ['long'], checks: [], isSubsettable: false }],
})

it('a run whose engine lives is not given up, however often the store was away', async () => {
  const outages = 4
  let [isAway, aheadMs, begun] = [false, 0, 0]
  const clock: Clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + aheadMs }
  const refuse = () => Promise.reject(metastoreErrors.create('METASTORE_UNREACHABLE', { message: 'away' }))
  const flaky = new Proxy(store, {
    get: (of, name) => (isAway && name !== 'subscribe' ? refuse : Reflect.get(of, name)),
  })
  const ending = new AbortController()
  const engine = runEngine({
    store: flaky,
    executors: [
      {
        kind: 'typescript',
        execute: async (context) => {
          if (++begun > outages) return context.materialized('long', {})
          // Longer than any lease.
          isAway = true
          aheadMs += 60_000
          await new Promise((resolve) => context.signal.addEventListener('abort', resolve))
          isAway = false
          context.signal.throwIfAborted()
        },
      },
    ],
    definitions: async () => definitions,
    worker: 'host:1',
    isGone: () => false,
    maxConcurrentRuns: 1,
    limits: { pools: new Map(), tags: [] },
    clock,
    logger: silentLogger,
    signal: ending.signal,
  })
  const { run } = await store.requestRun({ selection: '*', trigger: { type: 'manual' } })
  await eventually('the run has ended', async () => {
    await store.sql("update runs set lease_until = now() - interval '1 s' where $1 and lease_until is not null", [
      !isAway,
    ])
    return (await store.getRun(run.id))?.endedAt !== undefined
  })
  ending.abort()
  await engine
  expect(await store.getRun(run.id)).toMatchObject({ status: 'succeeded', attempt: 1 })
})
