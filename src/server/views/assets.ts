import { plural } from '../../base/index.js'
import type {
  AssetSpec,
  AssetState,
  CheckSpec,
  CheckState,
  Definitions,
  PartitionCounts,
} from '../../orchestrate/index.js'
import type { AssetDetail, AssetHealth, AssetSummary, CheckSummary } from '../contract/index.js'
import { staleOf } from './staleness.js'

/** The latest states of everything, without what is long in them. */
export interface AssetStates {
  readonly assets: ReadonlyMap<string, AssetState>
  /** By asset and name. */
  readonly checks: ReadonlyMap<string, CheckState>
  /** The run that is making an asset. */
  readonly running: ReadonlyMap<string, string>
  /** Of assets that are cut into partitions. */
  readonly partitions: ReadonlyMap<string, PartitionCounts>
}

/** Per asset, once for each version of the project: every page asks for the checks of every asset. */
const checksByAsset = new WeakMap<Definitions, ReadonlyMap<string, readonly CheckSpec[]>>()

function checksOf(definitions: Definitions, asset: string): readonly CheckSpec[] {
  let index = checksByAsset.get(definitions)
  if (!index) {
    const found = new Map<string, CheckSpec[]>()
    for (const check of definitions.checks) {
      const known = found.get(check.asset)
      if (known) known.push(check)
      else found.set(check.asset, [check])
    }
    index = found
    checksByAsset.set(definitions, found)
  }
  return index.get(asset) ?? []
}

export function checkSummaries(
  definitions: Definitions,
  asset: string,
  states: Pick<AssetStates, 'checks'>,
): CheckSummary[] {
  return checksOf(definitions, asset).map((check) => {
    const state = states.checks.get(`${asset} ${check.name}`)
    const status = !state ? 'unknown' : state.passed ? 'passed' : state.severity === 'warn' ? 'warned' : 'failed'
    return {
      asset,
      name: check.name,
      description: check.description,
      ...(check.column === undefined ? {} : { column: check.column }),
      isBlocking: check.isBlocking,
      status,
      ...(state
        ? {
            at: state.at,
            runId: state.runId,
            ...(state.partitions === undefined ? {} : { partitions: state.partitions }),
            ...(state.badPartitions
              ? { badPartitions: { ...state.badPartitions, keys: [...state.badPartitions.keys] } }
              : {}),
            ...messageOf(state),
            ...(state.metadata ? { metadata: { ...state.metadata } } : {}),
          }
        : {}),
    }
  })
}

/** What it found last says nothing of other partitions that are bad. */
function messageOf({ message, partitions, badPartitions }: CheckState): { message?: string } {
  const other = badPartitions?.keys.find((key) => key !== partitions)
  if (!badPartitions || (badPartitions.count === 1 && other === undefined))
    return message === undefined ? {} : { message }
  const names = badPartitions.keys.slice(0, 5).join(', ')
  const more = badPartitions.count > 5 ? ` and ${badPartitions.count - 5} more` : ''
  return { message: `${plural(badPartitions.count, 'partition')}: ${names}${more}` }
}

const summaries = new WeakMap<AssetStates, { readonly of: Definitions; readonly all: readonly AssetSummary[] }>()

/** Of all assets, made once as long as nothing happens. */
export function assetSummaries(definitions: Definitions, states: AssetStates): readonly AssetSummary[] {
  const known = summaries.get(states)
  if (known?.of === definitions) return known.all
  const all = definitions.assets.map((asset) => assetSummary(definitions, asset, states))
  summaries.set(states, { of: definitions, all })
  return all
}

export function assetSummary(definitions: Definitions, asset: AssetSpec, states: AssetStates): AssetSummary {
  const state = states.assets.get(asset.key)
  const checks = { passed: 0, warned: 0, failed: 0, unknown: 0 }
  for (const check of checkSummaries(definitions, asset.key, states)) checks[check.status]++
  const { health, reason } = healthOf(definitions, asset, states, checks)
  const rows = state?.lastMetadata?.rows
  const partitions = states.partitions.get(asset.key)
  const inProgress = states.running.get(asset.key)
  return {
    key: asset.key,
    kinds: [...asset.kinds],
    group: asset.group,
    description: asset.description,
    tags: [...asset.tags],
    owners: [...asset.owners],
    deps: [...asset.deps],
    isExecutable: asset.isExecutable,
    health,
    ...(reason === undefined ? {} : { healthReason: reason }),
    ...(state?.lastMaterializedAt === undefined ? {} : { lastMaterializedAt: state.lastMaterializedAt }),
    ...(state?.lastRunId === undefined ? {} : { lastRunId: state.lastRunId }),
    ...(inProgress === undefined ? {} : { inProgressRunId: inProgress }),
    ...(typeof rows === 'number' ? { rows } : {}),
    ...(partitions ? { partitionCounts: { ...partitions } } : {}),
    checks,
  }
}

/** The columns as the warehouse has them, with what the project says of them; what only the project knows comes last. */
export function columnViews(asset: AssetSpec, state: AssetState | undefined): AssetDetail['columns'] {
  const found = state?.lastMetadata?.columns
  const actual = typeof found === 'object' && found?.type === 'columns' ? found.columns : []
  const described = new Map(asset.columns.map((column) => [column.name.toLowerCase(), column]))
  const names = new Set(actual.map((column) => column.name.toLowerCase()))
  const all = [...actual, ...asset.columns.filter((column) => !names.has(column.name.toLowerCase()))]
  return all.map(({ name, type }) => {
    const words = described.get(name.toLowerCase())
    return {
      name,
      ...(type === undefined ? {} : { type }),
      ...(words?.description === undefined ? {} : { description: words.description }),
      ...(words?.tests === undefined ? {} : { tests: [...words.tests] }),
    }
  })
}

/** One word for an asset, and the sentence that explains it. */
function healthOf(
  definitions: Definitions,
  asset: AssetSpec,
  states: AssetStates,
  checks: AssetSummary['checks'],
): { health: AssetHealth; reason?: string } {
  if (!asset.isExecutable) return { health: 'external' }
  const state = states.assets.get(asset.key)
  if (states.running.has(asset.key)) return { health: 'running' }
  const stale = staleOf(definitions, asset.key, states)
  // What was made before may be stale as well: that it failed last says nothing of it.
  const failed = (reason: string) => ({
    health: 'failed' as const,
    reason: stale ? `${reason}; what is there is stale: ${stale.reason}` : reason,
  })
  if (state?.lastError) return failed(state.lastError.message.split('\n')[0] ?? 'the last attempt failed')
  if (!state?.lastMaterializedAt) return { health: 'never', reason: 'never materialized' }
  const partitions = states.partitions.get(asset.key)
  if (partitions && partitions.failed > 0) return failed(partitionsReason(partitions))
  if (checks.failed > 0) return failed(`${checks.failed} failing check${checks.failed === 1 ? '' : 's'}`)
  // What was made is of keys that are gone. Who chooses for itself also makes the whole, which is no partition.
  if (partitions && partitions.made === 0 && partitions.missing > 0 && !asset.choosesPartitions)
    return { health: 'never', reason: partitionsReason(partitions) }
  if (stale) return { health: 'stale', reason: stale.reason }
  if (checks.warned > 0)
    return { health: 'warning', reason: `${checks.warned} warning${checks.warned === 1 ? '' : 's'}` }
  // Like Dagster: partitions that nobody made yet are told, and do not make those bad that are there.
  return { health: 'fresh', ...(partitions && partitions.missing > 0 ? { reason: partitionsReason(partitions) } : {}) }
}

/** `2 of 30 partitions failed, 3 are missing`. */
export function partitionsReason({ made, failed, missing }: PartitionCounts): string {
  const all = plural(made + failed + missing, 'partition')
  const missingWords = missing > 0 && `${missing} ${missing === 1 ? 'is' : 'are'} missing`
  if (failed > 0) return [`${failed} of ${all} failed`, missingWords].filter(Boolean).join(', ')
  return `${missing} of ${all} ${missing === 1 ? 'is' : 'are'} missing`
}

/** The worst of several, for a group or a connection. */
export function worstHealth(all: readonly AssetHealth[]): AssetHealth {
  const order: readonly AssetHealth[] = ['failed', 'running', 'warning', 'stale', 'never', 'fresh', 'external']
  return order.find((health) => all.includes(health)) ?? 'never'
}
