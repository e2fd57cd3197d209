/** A worker in a process of its own that carries out runs of an asset which does nothing: from its first message until it is ended. */
import { silentLogger, systemClock } from '../../src/base/index.js'
import { openMetastore } from '../../src/metastore/index.js'
import { runEngine } from '../../src/orchestrate/index.js'
import { assetSpec, definitionsOf } from '../orchestrate/definitions.js'

const [url = '', worker = '', runsAtOnce = ''] = process.argv.slice(2)
const step = { key: 'a', kind: 'typescript', assets: ['a'], checks: [], isSubsettable: false } as const
const definitions = definitionsOf({ assets: [assetSpec('a')], steps: [step] })
const store = await openMetastore({ url, logger: silentLogger })
const stop = new AbortController()
const go = new Promise((resolve) => process.once('message', resolve))
process.once('SIGTERM', () => stop.abort())
process.send?.('ready')
await go
await runEngine({
  store,
  executors: [{ kind: 'typescript', execute: async (context) => context.materialized('a', {}) }],
  definitions: async () => definitions,
  worker: `bench:${worker}`,
  isGone: () => false,
  maxConcurrentRuns: Number(runsAtOnce),
  limits: { pools: new Map(), tags: [] },
  clock: systemClock,
  logger: silentLogger,
  signal: stop.signal,
})
await store.close()
process.disconnect?.()
