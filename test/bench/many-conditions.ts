import { join } from 'node:path'
import { systemClock } from '../../src/base/index.js'
import type { Metastore } from '../../src/metastore/index.js'
import { ConditionLoop, type Definitions, when } from '../../src/orchestrate/index.js'
import { testDatabase } from '../orchestrate/database.js'
import { assetSpec, definitionsOf } from '../orchestrate/definitions.js'
import { median, run } from './example-copy.js'
import { dagster, type Figure, secondsBesidePeers } from './figure.js'

const assetCount = 10_000
const chainLength = 10
const rounds = 5

/** Chains of ten assets: the first of each is made by hand, the others follow. */
function chains(): Definitions {
  const eager = when.eager().spec
  const assets = Array.from({ length: assetCount }, (_, i) =>
    assetSpec(`a${i}`, i % chainLength === 0 ? {} : { deps: [`a${i - 1}`], condition: eager }),
  )
  const steps = assets.map(
    ({ key }) => ({ key, kind: 'typescript', assets: [key], checks: [], isSubsettable: false }) as const,
  )
  return definitionsOf({ assets, steps })
}

async function make(store: Metastore, assets: readonly string[]): Promise<void> {
  await store.requestRun({ selection: assets.join(' '), trigger: { type: 'manual' }, priority: 1 })
  const [claimed] = await store.claimRuns('bench', 60_000, { most: 1 })
  if (!claimed) throw new Error('Nothing to claim')
  await store.startRun(claimed.lease, [])
  await store.record(claimed.lease, {
    events: assets.map((asset) => ({ type: 'asset_materialized', asset, metadata: {} })),
    steps: [],
  })
  await store.endRun(claimed.lease, 'succeeded')
}

/** Where there is a Python with Dagster. */
async function dagsterSeconds(): Promise<number | undefined> {
  if (dagster.command === undefined) return undefined
  const script = join(import.meta.dirname, 'dagster_conditions.py')
  const { stdout } = await run(dagster.command, [script, String(assetCount)], { maxBuffer: 1e8 })
  return Number(stdout)
}

/** One evaluation of ten thousand assets, of which nine thousand are eager, after one of them was made: until its runs are in the queue. */
export async function conditionFigures(): Promise<readonly Figure[]> {
  const database = await testDatabase({ isDurable: true })
  try {
    const store = await database.store()
    const definitions = chains()
    const loop = new ConditionLoop(store, { clock: systemClock, restShare: 0 })
    const evaluate = async () => {
      const started = performance.now()
      await loop.round({ definitions, states: new Map(), now: new Date() })
      return performance.now() - started
    }
    await make(
      store,
      definitions.assets.map(({ key }) => key),
    )
    const firstMs = await evaluate()
    const times: number[] = []
    for (let round = 0; round < rounds; round++) {
      await make(store, [`a${round * chainLength}`])
      times.push(await evaluate())
      const queued = await store.listRuns({ trigger: { type: 'automation' }, limit: rounds })
      if (queued.length !== round + 1) throw new Error('The change was not followed.')
    }
    const first = `the very first: ${(firstMs / 1000).toFixed(2)} s`
    const what = 'Evaluation of 10 000 assets with conditions, after one was made'
    return [secondsBesidePeers(what, median(times) / 1000, [[dagster, await dagsterSeconds()]], first)]
  } finally {
    await database.stop()
  }
}
