import { expect, it } from 'vitest'
import type { AssetSpec, OrchestrateStore, PartitionsSpec, Run } from '../contract/index.js'
import { keysInWork } from './keys-in-work.js'

it('keys that runs are making are told, of one dimension of several as well', async () => {
  const customers = { type: 'dynamic', name: 'customers' } as const
  const regions = { type: 'static', keys: ['eu', 'us'] } as const
  const asset = (key: string, partitions?: PartitionsSpec) => ({ key, partitions }) as AssetSpec
  const assets = [
    asset('single', customers),
    asset('cross', { type: 'multi', dimensions: { customers, regions } }),
    asset('other', { type: 'dynamic', name: 'suppliers' }),
    asset('whole'),
  ]
  const chosen: Readonly<Record<string, string>> = { single: 'acme', cross: 'globex|eu', other: 'acme', whole: '' }
  const store = {
    dynamicPartitions: async () => new Map([['customers', ['acme', 'globex', 'umbrella']]]),
    listRuns: async ({ asset = '' }) => [{ id: `run of ${asset}`, partitions: chosen[asset] } as Run],
  } satisfies Pick<OrchestrateStore, 'dynamicPartitions' | 'listRuns'>
  const keys = ['acme', 'globex', 'umbrella', 'gone']
  expect(await keysInWork(store, { assets }, { name: 'customers', keys })).toEqual([
    { key: 'acme', asset: 'single', runId: 'run of single' },
    { key: 'globex', asset: 'cross', runId: 'run of cross' },
  ])
})
