import { describe, expect, it } from 'vitest'
import type { AssetSpec, AssetState, Definitions, PartitionCounts } from '../../orchestrate/index.js'
import { type AssetStates, assetSummary } from './assets.js'

const daily = {
  key: 'daily',
  kinds: [],
  tags: [],
  owners: [],
  deps: [],
  columns: [],
  isExecutable: true,
} as unknown as AssetSpec
const definitions = { assets: [daily], checks: [] } as unknown as Definitions
const made: Partial<AssetState> = { lastMaterializedAt: '2026-01-10T10:00:00Z', lastRunId: 'r' }

function summary(
  counts: PartitionCounts,
  { state = made, running = new Map() }: { state?: object; running?: Map<string, string> } = {},
) {
  const states: AssetStates = {
    assets: new Map([['daily', { key: 'daily', ...state } as AssetState]]),
    checks: new Map(),
    running,
    partitions: new Map([['daily', counts]]),
  }
  const { health, healthReason, partitionCounts } = assetSummary(definitions, daily, states)
  expect(partitionCounts).toEqual(counts)
  return [health, healthReason]
}

describe('an asset of partitions', () => {
  it('has failed while any of them has, whatever was made after it', () => {
    expect(summary({ made: 27, failed: 2, missing: 1 })).toEqual(['failed', '2 of 30 partitions failed, 1 is missing'])
    expect(summary({ made: 29, failed: 1, missing: 0 })).toEqual(['failed', '1 of 30 partitions failed'])
    const lastError = { code: 'X', kind: 'user', retryable: false, message: 'It broke\nbadly' }
    expect(summary({ made: 0, failed: 1, missing: 0 }, { state: { ...made, lastError } })).toEqual([
      'failed',
      'It broke',
    ])
  })

  it('is told with those that are missing, which make the others no worse', () => {
    expect(summary({ made: 27, failed: 0, missing: 3 })).toEqual(['fresh', '3 of 30 partitions are missing'])
    expect(summary({ made: 30, failed: 0, missing: 0 })).toEqual(['fresh', undefined])
  })

  it('was never made where what was made of it are keys that are gone', () => {
    expect(summary({ made: 0, failed: 0, missing: 4 })).toEqual(['never', '4 of 4 partitions are missing'])
  })

  it('is running while a run is at it, and was never made before the first', () => {
    const counts = { made: 1, failed: 1, missing: 0 }
    expect(summary(counts, { running: new Map([['daily', 'r']]) })).toEqual(['running', undefined])
    expect(summary({ made: 0, failed: 0, missing: 3 }, { state: {} })).toEqual(['never', 'never materialized'])
  })
})

it('an asset that failed says as well that what is there is stale', () => {
  const asset = { ...daily, key: 'mart', deps: ['raw'] }
  const raw = { ...daily, key: 'raw' }
  const lastError = { code: 'X', kind: 'user', retryable: false, message: 'It broke' }
  const states: AssetStates = {
    assets: new Map([
      ['raw', { key: 'raw', ...made, lastChangedAt: '2026-01-11T10:00:00Z' } as AssetState],
      ['mart', { key: 'mart', ...made, lastError } as unknown as AssetState],
    ]),
    checks: new Map(),
    running: new Map(),
    partitions: new Map(),
  }
  const definitions = { assets: [raw, asset], checks: [] } as unknown as Definitions
  const { health, healthReason } = assetSummary(definitions, asset, states)
  expect([health, healthReason]).toEqual(['failed', 'It broke; what is there is stale: upstream raw is newer'])
})
