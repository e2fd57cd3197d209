import {
  type AssetState,
  type AutomationState,
  allAutomations,
  automatedAssets,
  conditionName,
  type Definitions,
  type PlannedStep,
  switches,
} from '../../orchestrate/index.js'
import type { MaterializeResponse } from '../contract/index.js'

const mostNamed = 100

interface PlanFacts {
  /** Of the planned assets. */
  readonly madeBefore: readonly AssetState[]
  readonly automations: readonly AutomationState[]
}

/** What a run of these steps will do, and what comes of it. */
export function planView(
  definitions: Definitions,
  steps: readonly PlannedStep[],
  { madeBefore, automations }: PlanFacts,
): Omit<MaterializeResponse, 'runId' | 'partitions'> {
  const assets = steps.flatMap((step) => [...step.assets])
  const planned = new Set(assets)
  const checks = new Set(steps.flatMap((step) => step.checks.map(({ asset, name }) => `${asset} ${name}`)))
  const followers = followersOf(definitions, planned, automations)
  return {
    assets,
    kinds: kindCounts(definitions, planned),
    checks: checks.size,
    steps: steps.length,
    blockingChecks: definitions.checks.filter(
      ({ asset, name, isBlocking }) => isBlocking && checks.has(`${asset} ${name}`),
    ).length,
    madeBefore: madeBefore.filter(({ lastMaterializedAt }) => lastMaterializedAt !== undefined).length,
    incremental: incrementalOf(definitions, planned).slice(0, mostNamed),
    followers: { count: followers.length, assets: followers.slice(0, mostNamed) },
    ...configsOf(definitions, planned),
  }
}

/** What only adds to what it holds: incremental models, and streams that are read from where the last sync ended. */
function incrementalOf({ assets, connections }: Definitions, planned: ReadonlySet<string>): string[] {
  const streams = new Set(
    connections.flatMap((connection) =>
      connection.streams.filter(({ syncMode }) => syncMode === 'incremental').map(({ asset }) => asset),
    ),
  )
  return assets
    .filter(({ key, kinds }) => planned.has(key) && (streams.has(key) || kinds.includes('incremental')))
    .map(({ key }) => key)
}

/** Assets that a condition makes, and that read what is made, or what follows it. */
function followersOf(
  definitions: Definitions,
  planned: ReadonlySet<string>,
  automations: readonly AutomationState[],
): MaterializeResponse['followers']['assets'] {
  const isOn = switches(automations)
  const on = new Set(allAutomations(definitions).flatMap((one) => (isOn(one) ? [one.name] : [])))
  const depsOf = new Map(definitions.assets.map(({ key, deps }) => [key, deps]))
  const reached = new Set(planned)
  // Each comes after those that it reads.
  return automatedAssets(definitions).flatMap(({ asset, automation, condition }) => {
    if (planned.has(asset) || !on.has(automation) || !depsOf.get(asset)?.some((dep) => reached.has(dep))) return []
    reached.add(asset)
    return [{ asset, condition: conditionName(condition) }]
  })
}

function configsOf({ assets }: Definitions, keys: ReadonlySet<string>): Pick<MaterializeResponse, 'config'> {
  const config = assets.flatMap(({ key, config }) =>
    config && keys.has(key) ? [{ asset: key, schema: { ...config } }] : [],
  )
  return config.length > 0 ? { config } : {}
}

function kindCounts(definitions: Definitions, keys: ReadonlySet<string>): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const asset of definitions.assets) {
    const kind = asset.kinds[0] ?? 'asset'
    if (keys.has(asset.key)) counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}
