import type { AssetSpec, Definitions } from '../../src/orchestrate/index.js'

/** An asset with a step of its own name. */
export const assetSpec = (key: string, changes: Partial<AssetSpec> = {}): AssetSpec => ({
  key,
  deps: [],
  step: key,
  kinds: ['typescript'],
  group: 'g',
  description: '',
  owners: [],
  tags: [],
  columns: [],
  isExecutable: true,
  ...changes,
})

/** A project of nothing but what is said. */
export const definitionsOf = (parts: Partial<Definitions>): Definitions => ({
  project: 'test',
  projectDir: '/',
  loadedAt: '',
  version: '1',
  assets: [],
  checks: [],
  steps: [],
  schedules: [],
  sensors: [],
  automations: [],
  connections: [],
  problems: [],
  ...parts,
})
