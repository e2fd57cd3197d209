import { AssetGraph } from '../assets/select-assets.js'
import { upstreamFirst } from '../assets/upstream-first.js'
import type { AssetKey, Definitions, OrchestrateStore, PlannedStep } from '../contract/index.js'
import type { RunPartitions } from './run-partitions.js'
import { checkKey } from './run-progress.js'

/** What a run will execute: steps that produce the selected assets, and the checks on them, in an order that works. */
export function planRun(definitions: Definitions, assets: ReadonlySet<AssetKey>): PlannedStep[] {
  const graph = AssetGraph.of(definitions.assets)
  const executable = new Set([...assets].filter((key) => graph.assets.get(key)?.isExecutable))
  const checksByStep = new Map<string, { asset: AssetKey; name: string }[]>()
  const checkDeps = new Map<string, readonly AssetKey[]>()
  for (const { asset, name, step, deps } of definitions.checks) {
    if (!executable.has(asset)) continue
    checksByStep.set(step, [...(checksByStep.get(step) ?? []), { asset, name }])
    checkDeps.set(checkKey(asset, name), deps)
  }
  const steps = definitions.steps
    .filter((step) => checksByStep.has(step.key) || step.assets.some((asset) => executable.has(asset)))
    .map((step) => ({
      key: step.key,
      kind: step.kind,
      assets: step.assets.filter((asset) => executable.has(asset)),
      checks: checksByStep.get(step.key) ?? [],
    }))
  const producer = new Map(steps.flatMap((step) => step.assets.map((asset) => [asset, step.key] as const)))
  const needs = (step: (typeof steps)[number]): AssetKey[] => [
    ...step.assets.flatMap((asset) => graph.parents(asset)),
    ...step.checks
      .filter((check) => !step.assets.includes(check.asset))
      .flatMap((check) => [check.asset, ...(checkDeps.get(checkKey(check.asset, check.name)) ?? [])]),
  ]
  const planned = steps.map((step) => ({
    ...step,
    upstream: [...new Set(needs(step).flatMap((asset) => producer.get(asset) ?? []))].filter((key) => key !== step.key),
  }))
  const byKey = new Map(planned.map((step) => [step.key, step]))
  return upstreamFirst(planned, ({ upstream }) => upstream.flatMap((key) => byKey.get(key) ?? []))
}

/**
 * Of some assets, those that a run did not make, or found bad. Of an asset whose partitions it made some of, these are taken
 * from what is open.
 */
export async function unfinishedAssets(
  store: Pick<OrchestrateStore, 'listSteps' | 'readEvents'>,
  runId: string,
  assets: ReadonlySet<AssetKey>,
  partitions: RunPartitions | undefined,
): Promise<Set<AssetKey>> {
  const [steps, made] = await Promise.all([
    store.listSteps(runId),
    store.readEvents({ runId, types: ['asset_materialized'], limit: 1_000_000 }),
  ])
  const textsOf = new Map<AssetKey, (string | undefined)[]>()
  for (const { asset = '', partitions: text } of made) textsOf.set(asset, [...(textsOf.get(asset) ?? []), text])
  const isMade = (asset: AssetKey) => {
    const texts = textsOf.get(asset)
    return texts !== undefined && (partitions?.leaveOut(asset, texts) ?? true)
  }
  const unfinished = steps
    .filter((step) => step.status !== 'succeeded')
    .flatMap((step) => [...step.assets.filter((asset) => !isMade(asset)), ...step.checks.map((check) => check.asset)])
  return new Set(unfinished.filter((asset) => assets.has(asset)))
}
