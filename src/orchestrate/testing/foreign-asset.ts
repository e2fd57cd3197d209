import type { AssetKey, AssetSpec } from '../contract/index.js'

/** One that the definitions under test only read. */
export const foreignAsset = (key: AssetKey): AssetSpec => ({
  key,
  kinds: ['external'],
  group: 'external',
  description: '',
  owners: [],
  tags: [],
  deps: [],
  columns: [],
  isExecutable: false,
})
